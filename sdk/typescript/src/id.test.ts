import { expect, test } from 'vitest'
import { newFeedbackId, newSpanId, newTraceId, parseId, parseTraceparent } from './id.ts'

test('a trace id is a UUIDv7 without dashes that begins with its time', () => {
  const timeMs = Date.UTC(2026, 10, 23, 9, 25)
  const id = newTraceId(timeMs)
  expect(id).toMatch(/^[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/)
  expect(Number.parseInt(id.slice(0, 12), 16)).toBe(timeMs)
})

test('ids never repeat', () => {
  const ids = new Set(Array.from({ length: 50_000 }, newSpanId))
  expect(ids.size).toBe(50_000)
  for (const id of ids) if (!/^[0-9a-f]{16}$/.test(id)) throw new Error(id)
})

test('a feedback id is a UUIDv7 with dashes', () => {
  expect(newFeedbackId(Date.now())).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  )
})

test('an id tells its trace and its span; any other text tells nothing', () => {
  const traceId = 'ab'.repeat(16)
  const spanId = 'cd'.repeat(8)
  expect(parseId(`${traceId}-${spanId}`)).toEqual({ traceId, spanId })
  for (const text of ['', spanId, `${traceId}-${spanId}0`, `${traceId}-${spanId}`.toUpperCase()]) {
    expect(parseId(text)).toBeUndefined()
  }
})

test('a traceparent is read as W3C says', () => {
  const traceId = 'ab'.repeat(16)
  const spanId = 'cd'.repeat(8)
  expect(parseTraceparent(`00-${traceId}-${spanId}-01`)).toEqual({ traceId, spanId })
  for (const header of [
    `ff-${traceId}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    'hello',
  ]) {
    expect(parseTraceparent(header)).toBeUndefined()
  }
})
