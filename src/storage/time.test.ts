import { expect, test } from 'vitest'
import { parseHeedId } from './id.ts'
import { clockSkew, orderedAt, parseMicros, tick, writtenAt } from './time.ts'
import { TransactionIds } from './xact.ts'

test('times keep their microseconds', () => {
  const micros = parseMicros('2026-11-23T10:00:00.123456Z')
  expect(micros % 1_000_000).toBe(123_456)
  expect(parseMicros('2026-11-23T11:00:00.1+01:00')).toBe(parseMicros('2026-11-23T10:00:00.1Z'))
})

test('a write is never in the future, and a clock that is far off is corrected', () => {
  const received = parseMicros('2026-01-01T00:00:00Z')
  expect(writtenAt('2030-01-01T00:00:00Z', 0, received)).toBe(received)
  const skew = clockSkew('2016-01-01T00:00:10Z', received)
  expect(writtenAt('2016-01-01T00:00:09Z', skew, received)).toBe(received - 1_000_000)
  expect(clockSkew('2025-12-31T23:59:58Z', received)).toBe(0)
  expect(writtenAt(undefined, 0, received)).toBe(received)
})

test('what a clock says that is up to five seconds fast keeps its order, however late it comes', () => {
  const created = ['2026-01-01T00:00:04.000Z', '2026-01-01T00:00:04.001Z'] as const
  const received = parseMicros('2026-01-01T00:00:00Z')
  const late = received + 9_000_000
  expect(orderedAt(created[0], 0, late)).toBeLessThan(orderedAt(created[1], 0, received))
  expect(orderedAt('2030-01-01T00:00:00Z', 0, received)).toBe(received + 5_000_000)
  expect(orderedAt(undefined, 0, received)).toBe(received)
})

test('ticks are strictly increasing', () => {
  const ticks = Array.from({ length: 1000 }, tick)
  expect(ticks).toEqual([...new Set(ticks)].sort((a, b) => a - b))
})

test('a Heed id tells its trace, span and time; others tell nothing', () => {
  const traceId = '0192f0c1a2b37c4d8e5f00112233445a'
  expect(parseHeedId(`${traceId}-00f067aa0ba902b7`)).toEqual({
    traceId,
    spanId: '00f067aa0ba902b7',
    millis: 0x0192f0c1a2b3,
  })
  const version4 = traceId.replace('7c4d', '4c4d')
  for (const other of ['', traceId, `${version4}-00f067aa0ba902b7`, crypto.randomUUID()]) {
    expect(parseHeedId(other)).toBeNull()
  }
})

test('transaction ids have 19 digits and grow, even when the clock was ahead before', () => {
  const ids = new TransactionIds(0n)
  const given = Array.from({ length: 70_000 }, () => ids.next())
  expect(given.every((id, i) => id.length === 19 && (i === 0 || id > (given[i - 1] ?? '')))).toBe(
    true,
  )
  const ahead = BigInt(given.at(-1) ?? 0) + (1_000_000n << 16n)
  expect(BigInt(new TransactionIds(ahead).next())).toBe(ahead + 1n)
})
