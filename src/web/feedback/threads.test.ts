import { expect, test } from 'vitest'
import type { Comment } from '../../wire/traces.ts'
import { readThreads } from './threads.ts'

const comment = (feedback_id: string, reply_to: string | null = null): Comment => ({
  feedback_id,
  id: 'span',
  user: null,
  text: feedback_id,
  created: '2026-01-01T00:00:00Z',
  edited: null,
  reply_to,
})

const show = (comments: Comment[]) =>
  readThreads(comments).map(({ comment: { text }, replies }) =>
    [text, ...replies.map((reply) => reply.text)].join(' < '),
  )

test('answers stand under the comment they lead back to, oldest first', () => {
  expect(show([comment('a'), comment('b'), comment('c', 'a'), comment('d', 'c')])).toEqual([
    'b',
    'a < c < d',
  ])
})

test('an answer to a comment that is gone begins a conversation', () => {
  expect(show([comment('x', 'gone'), comment('y', 'x')])).toEqual(['x < y'])
})

test('an answer stands under the comment of its own span where another span has one of that id', () => {
  const on = (id: string, one: Comment) => ({ ...one, id, text: `${one.text} on ${id}` })
  const both = [on('a', comment('x')), on('b', comment('x'))]
  expect(show([...both, on('a', comment('y', 'x'))])).toEqual(['x on b', 'x on a < y on a'])
})

test('comments that answer each other in a circle are all shown', () => {
  expect(show([comment('a', 'b'), comment('b', 'a'), comment('c', 'c')]).join(' ')).toBe('c b a')
})
