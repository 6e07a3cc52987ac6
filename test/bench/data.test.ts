import { expect, test } from 'vitest'
import { parseHeedId } from '../../src/storage/id.ts'
import { InsertFeedback } from '../../src/wire/feedback.ts'
import { Row } from '../../src/wire/rows.ts'
import { type Plan, traces } from './data.ts'

const PLAN: Plan = { seed: 7, spans: 30_000, endsAt: Date.UTC(2026, 0, 31), days: 30 }
const made = [...traces(PLAN)]
const rows = made.flatMap((trace) => trace.rows)

test('the same seed makes the same rows, another seed others', () => {
  const few = { ...PLAN, spans: 300 }
  expect([...traces(few)]).toEqual([...traces(few)])
  expect([...traces({ ...few, seed: 8 })]).not.toEqual([...traces(few)])
})

test('the JSON of a row is log-normal around 2 KB', () => {
  const bytes = rows.map((row) => Buffer.byteLength(JSON.stringify(row))).sort((a, b) => a - b)
  const at = (share: number) => bytes[Math.floor(bytes.length * share)] ?? 0
  expect(at(0.5)).toBeGreaterThan(1900)
  expect(at(0.5)).toBeLessThan(2200)
  // One standard deviation of the logarithm, 0.6, above the median.
  expect(at(0.841) / at(0.5)).toBeGreaterThan(1.6)
  expect(at(0.841) / at(0.5)).toBeLessThan(2.0)
})

test('a trace has about ten spans, and one of a thousand has 200', () => {
  const sizes = made.map((trace) => trace.rows.length)
  expect(rows.length / made.length).toBeGreaterThan(9.5)
  expect(rows.length / made.length).toBeLessThan(11)
  expect(sizes.filter((size) => size === 200)).toHaveLength(Math.ceil((made.length - 7) / 1000))
})

test('a tenth of the traces have feedback, and the door takes all of it', () => {
  const judged = made.filter((trace) => trace.feedback.length > 0)
  expect(judged.length / made.length).toBeGreaterThan(0.085)
  expect(judged.length / made.length).toBeLessThan(0.115)
  const feedback = judged.flatMap((trace) => trace.feedback)
  expect(InsertFeedback.safeParse({ feedback }).success).toBe(true)
})

test('ids are Heed ids of the last 30 days, unique, and every row is one the door takes', () => {
  const begin = PLAN.endsAt - 30 * 86_400_000
  for (const row of rows) {
    const id = parseHeedId(row.id)
    expect(id).toMatchObject({ traceId: row.root_span_id, spanId: row.span_id })
    expect(id?.millis).toBeGreaterThanOrEqual(begin)
    expect(id?.millis).toBeLessThanOrEqual(PLAN.endsAt)
    expect(Row.safeParse(row).success).toBe(true)
  }
  expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length)
})

test('a conversation grows: later turns carry what was said before', () => {
  const count = ({ input }: { input: unknown }) =>
    (input as { messages?: unknown[] }).messages?.length ?? 0
  expect(Math.max(...rows.map(count))).toBeGreaterThan(5)
})
