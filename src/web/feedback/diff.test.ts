import { expect, test } from 'vitest'
import { diffWords } from './diff.ts'

const show = (before: string, after: string) =>
  diffWords(before, after)
    .map(({ kind, text }) => ({ same: text, removed: `[-${text}-]`, added: `[+${text}+]` })[kind])
    .join('')

test('only the words that differ are marked', () => {
  expect(show('The capital is Lyon.', 'The capital is Paris.')).toBe(
    'The capital is [-Lyon-][+Paris+].',
  )
  expect(show('a b c', 'a c')).toBe('a [-b -]c')
  expect(show('same', 'same')).toBe('same')
  expect(show('', 'new')).toBe('[+new+]')
})

test('the pieces give back both texts', () => {
  const before = 'We will refund $120 to your card,\n\nwithin 5 days. שלום 👍'
  const after = 'We refund $120.50 to your certificate within five days. 👍'
  const pieces = diffWords(before, after)
  const without = (kind: string) =>
    pieces.filter((piece) => piece.kind !== kind).map(({ text }) => text)
  expect(without('added').join('')).toBe(before)
  expect(without('removed').join('')).toBe(after)
})

test('two long texts with nothing in common are still compared at once', () => {
  const long = (word: string) => Array.from({ length: 20_000 }, (_, i) => `${word}${i}`).join(' ')
  expect(diffWords(long('a'), long('b')).length).toBeGreaterThan(0)
})
