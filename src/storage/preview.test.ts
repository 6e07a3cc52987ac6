import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../wire/common.ts'
import { errorPreview, preview } from './preview.ts'

test('what tells nothing by itself shows the beginning of its JSON, as one line', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.string({ maxLength: 2_000 }), (value, text) => {
      const shown = { one: text, two: value as Json, three: [text, value as Json] }
      const line = JSON.stringify(shown)
        .slice(0, 1200)
        .replace(/\s{2,}|[^\S ]/g, ' ')
        .trimStart()
      expect(preview(shown)).toBe(line.slice(0, 300).toWellFormed().trimEnd())
    }),
  )
})

test.each([
  ['a text', 'a\n\n text ', 'a text'],
  ['the last message of a chat', { messages: [{ content: 'a' }, { content: 'b' }] }, 'b'],
  ['letters beyond ASCII', `Größe\u00a0\u2003x ${'ß'.repeat(400)}`, `Größe x ${'ß'.repeat(292)}`],
  ['nothing', null, ''],
])('shows %s', (_, value, line) => {
  expect(preview(value)).toBe(line)
})

const frames =
  'Traceback (most recent call last):\n  File "a.py", line 1, in <module>\n    f()\n    ^^^\n'

test.each([
  ['its message', 'Timeout\n\nTraceback (most recent call last):\n', 'Timeout Traceback (most'],
  ['what a traceback ends with', `${frames}ValueError: no such place\nat all\n`, 'ValueError: no'],
  [
    'the last of several',
    `${frames}KeyError: 1\n\nDuring it:\n\n${frames}OSError: 2`,
    'OSError: 2',
  ],
  ['a traceback without an end', frames.trim(), 'Traceback (most recent call last): File'],
  ['an object', { message: 'x' }, 'x'],
])('of an error shows %s', (_, error, line) => {
  expect(errorPreview(error).slice(0, line.length)).toBe(line)
})
