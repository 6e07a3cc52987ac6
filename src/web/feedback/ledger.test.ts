import { expect, test } from 'vitest'
import type { Feedback } from '../../wire/feedback.ts'
import type { Judgement } from '../../wire/traces.ts'
import { readLedger } from './ledger.ts'

const event = (feedback_id: string, user: string | null, value: number | null): Feedback => ({
  feedback_id,
  id: 'span',
  trace_id: 'trace',
  status: 'attached',
  user,
  source: 'app',
  scores: [{ name: 'helpful', value }],
  expected: null,
  comment: null,
  replaces: null,
  reply_to: null,
  tags: [],
  metadata: null,
  created: '2026-01-01T00:00:00Z',
})

const judgement = (feedback_id: string): Judgement => ({
  id: 'span',
  name: 'helpful',
  value: 1,
  user: null,
  source: 'app',
  feedback_id,
  created: '2026-01-01T00:00:00Z',
})

const fates = (ledger: Feedback[], counting: string[]) =>
  readLedger(ledger, counting.map(judgement), []).map(
    ({ feedback, votes }) => `${feedback.feedback_id} ${votes[0]?.fate}`,
  )

test('the newest event stands first', () => {
  expect(fates([event('1', 'a', 1), event('2', 'b', 1)], ['1', '2'])).toEqual([
    '2 current',
    '1 current',
  ])
})

test('a later vote of the same user replaces the earlier one, and nobody else does', () => {
  const ledger = [event('1', 'a', 0), event('2', 'b', 1), event('3', 'a', 1)]
  expect(fates(ledger, ['2', '3'])).toEqual(['3 current', '2 current', '1 replaced'])
})

test('a vote that was replaced on one span is so, whatever counts of the same event on another', () => {
  const both = [event('1', 'a', 1), { ...event('1', 'a', 1), id: 'other' }]
  const ledger = [...both, event('2', 'a', 0)]
  const counting = [{ ...judgement('1'), id: 'other' }, judgement('2')]
  const entries = readLedger(ledger, counting, [])
  expect(entries.map(({ feedback, votes }) => [feedback.id, votes[0]?.fate])).toEqual([
    ['span', 'current'],
    ['other', 'current'],
    ['span', 'replaced'],
  ])
})

test('a vote taken back is retracted, and the taking back is shown as such', () => {
  const ledger = [event('1', null, 1), event('2', null, null)]
  expect(fates(ledger, [])).toEqual(['2 retraction', '1 retracted'])
})

test('what the server counts is current, whatever the order of arrival', () => {
  expect(fates([event('1', 'a', 1), event('2', 'a', 0)], ['1'])).toContain('1 current')
})

test('comments that were edited or deleted keep their first words in the history', () => {
  const said = { ...event('1', 'a', null), scores: [], comment: 'Frist' }
  const edit = { ...event('2', 'a', null), scores: [], comment: 'First', replaces: '1' }
  const reply = { ...event('3', 'b', null), scores: [], comment: 'Indeed', reply_to: '1' }
  const gone = { ...event('4', 'b', null), scores: [], replaces: '3' }
  const standing = {
    feedback_id: '1',
    id: 'span',
    user: 'a',
    text: 'First',
    created: '',
    edited: '',
    reply_to: null,
  }
  const entries = readLedger([said, edit, reply, gone], [], [standing])
  expect(entries.map(({ deed, oldText }) => [deed, oldText])).toEqual([
    ['deletion', null],
    ['reply', 'Indeed'],
    ['edit', null],
    ['comment', 'Frist'],
  ])
})
