import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Heed, newProject, newTraceId, openHeed, rowId } from '../support/heed.ts'

let heed: Heed
beforeAll(async () => {
  heed = await openHeed()
})
afterAll(() => heed.close())

const at = (day: number) => `2026-01-0${day}T12:00:00.000Z`

/** Spans that are traces of their own, with a name, a day and, most of them, a number of tokens. */
const span = fc.record({
  name: fc.constantFrom('a', 'b', 'c'),
  day: fc.integer({ min: 1, max: 3 }),
  tokens: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
})

/** Between the two values that a place lies between, in proportion. Null: there is none. */
function percentile(sorted: readonly number[], part: number): number | null {
  const place = part * (sorted.length - 1)
  const [low = null, high = low] = sorted.slice(Math.floor(place), Math.floor(place) + 2)
  return low === null || high === null ? null : low + (high - low) * (place - Math.floor(place))
}

test('numbers of a group are those of plain code', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(span, { minLength: 1, maxLength: 40 }), async (spans) => {
      const project_name = newProject()
      const rows = spans.map(({ name, day, tokens }) => ({
        id: rowId(newTraceId(), 1),
        created: at(day),
        span_attributes: { name },
        ...(tokens !== null && { metrics: { mine: tokens } }),
      }))
      await heed.post('/logs3', { project_name, rows })
      const { status, body } = await heed.get('/v1/groups', {
        project_name,
        of: 'spans',
        by: 'name',
        every: 'day',
        value: 'metrics.mine',
      })
      expect(status).toBe(200)
      expect(body.is_truncated).toBe(false)
      const keys = [...new Set(spans.map(({ name, day }) => `${at(day).slice(0, 10)} ${name}`))]
      expect(body.groups).toHaveLength(keys.length)
      for (const { time, by, count, values } of body.groups) {
        const inGroup = spans.filter(
          ({ name, day }) => name === by[0].value && at(day).startsWith(time.slice(0, 10)),
        )
        const all = inGroup.flatMap(({ tokens }) => (tokens === null ? [] : [tokens]))
        const sorted = all.sort((a, b) => a - b)
        const [first] = values
        expect([count, first.n]).toEqual([inGroup.length, sorted.length])
        const sum = sorted.reduce((left, right) => left + right, 0)
        const wanted = {
          mean: sorted.length > 0 ? sum / sorted.length : null,
          min: sorted[0] ?? null,
          max: sorted.at(-1) ?? null,
          p50: percentile(sorted, 0.5),
          p90: percentile(sorted, 0.9),
          p95: percentile(sorted, 0.95),
          p99: percentile(sorted, 0.99),
        }
        for (const [name, value] of Object.entries(wanted)) {
          if (value === null) expect([name, first[name]]).toEqual([name, null])
          else expect(Math.abs(first[name] - value)).toBeLessThanOrEqual(1e-9 * Math.abs(value))
        }
      }
    }),
    { numRuns: 15 },
  )
})

test('more groups than an answer holds are cut short, the largest first, and it says so', async () => {
  const project_name = newProject()
  const rows = Array.from({ length: 1_002 }, (_, n) => ({
    id: rowId(newTraceId(), 1),
    span_attributes: { name: `name ${Math.max(1, n)}` },
  }))
  await heed.post('/logs3', { project_name, rows })
  const { body } = await heed.get('/v1/groups', { project_name, of: 'spans', by: 'name' })
  expect(body.is_truncated).toBe(true)
  expect(body.groups).toHaveLength(1_000)
  expect(body.groups[0]).toMatchObject({ by: [{ field: 'name', value: 'name 1' }], count: 2 })
})

test('groups of what is true or false are named so', async () => {
  const project_name = newProject()
  const trace = newTraceId()
  const rows = [1, 2, 3].map((n) => {
    return { id: rowId(trace, n), span_parents: n === 1 ? [] : ['0000000000000001'] }
  })
  await heed.post('/logs3', { project_name, rows })
  const { body } = await heed.get('/v1/groups', { project_name, of: 'spans', by: 'is_root' })
  const named = body.groups.map(({ by, count }: typeof body) => [by[0].value, count])
  expect(named).toEqual([
    ['false', 2],
    ['true', 1],
  ])
})
