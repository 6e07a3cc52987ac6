import { expect, test } from 'vitest'
import { formatAgo, formatDuration, formatScore, plural } from './format.ts'
import { visible } from './visible.ts'

test('a score that is not full is never shown as full, nor one that is not nothing as nothing', () => {
  expect([0, 0.001, 2 / 3, 0.999, 1].map(formatScore)).toEqual([
    '0.00',
    '<0.01',
    '0.67',
    '>0.99',
    '1.00',
  ])
})

test('a duration is shown in the unit people would say it in', () => {
  expect([0.2, 12, 1234, 59_940, 61_000, 3_723_000].map(formatDuration)).toEqual([
    '<1ms',
    '12ms',
    '1.23s',
    '59.9s',
    '1m 1s',
    '1h 2m',
  ])
})

test('a time is told from now, and a clock a little ahead is now', () => {
  const now = Date.parse('2026-03-04T12:00:00Z')
  expect(formatAgo(now + 5000, now)).toBe('now')
  expect(formatAgo(now - 12_000, now)).toBe('12s ago')
  expect(formatAgo(now - 3 * 3_600_000, now)).toBe('3h ago')
  expect(formatAgo(Date.parse('2025-01-02T12:00:00Z'), now)).toBe('2 Jan 2025')
})

test('one is singular', () => {
  expect([plural(1, 'reply', 'replies'), plural(2000, 'vote')]).toEqual(['1 reply', '2,000 votes'])
})

test('characters that hide or reorder text are spelled out; scripts and emoji stay as they are', () => {
  expect(visible('a\u202egnp.exe')).toBe('a⟦U+202E⟧gnp.exe')
  expect(visible('\u0000\u001b[31m\u200b')).toBe('⟦U+0000⟧⟦U+001B⟧[31m⟦U+200B⟧')
  expect(visible('\ud800')).toBe('⟦U+D800⟧')
  const plain = 'שלום 👩‍💻\tñ\n𝒳'
  expect(visible(plain)).toBe(plain)
})
