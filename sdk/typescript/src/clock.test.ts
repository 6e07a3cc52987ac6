import { afterEach, expect, test, vi } from 'vitest'
import { isoMicros, nowMicros } from './clock.ts'

afterEach(() => void vi.useRealTimers())

test('times are strictly increasing, also when the wall clock is set back', () => {
  vi.useFakeTimers({ now: Date.now() })
  const times = [nowMicros(), nowMicros(), nowMicros()]
  vi.setSystemTime(Date.now() - 3_600_000)
  times.push(nowMicros(), nowMicros())
  expect(times).toEqual([...new Set(times)].sort((a, b) => a - b))
})

test('the clock follows a wall clock that ran ahead', () => {
  vi.useFakeTimers({ now: Date.now() })
  nowMicros()
  vi.setSystemTime(Date.now() + 3_600_000)
  expect(Math.abs(nowMicros() / 1000 - Date.now())).toBeLessThan(1000)
})

test('a time is written with microseconds and a zone', () => {
  expect(isoMicros(1_795_425_903_598_123)).toBe('2026-11-23T09:25:03.598123Z')
  expect(isoMicros(-5)).toBe('1970-01-01T00:00:00.000000Z')
  expect(isoMicros(Number.MAX_SAFE_INTEGER)).toBe('2255-06-05T23:47:34.740991Z')
})
