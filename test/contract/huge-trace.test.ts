import { afterAll, beforeAll, expect, test } from 'vitest'
import { SPANS_MAX } from '../../src/storage/trees.ts'
import { type Heed, newProject, newTraceId, openHeed, rowId, spanId } from '../support/heed.ts'

const SPANS = SPANS_MAX + 1
const ROWS_A_REQUEST = 1_000
const PROJECT = newProject()

const now = Date.now()
const older = newTraceId(now - 2_000)
const huge = newTraceId(now - 1_000)
const newer = newTraceId(now)

let heed: Heed
beforeAll(async () => {
  heed = await openHeed()
  for (const trace of [older, huge, newer]) {
    const spans = trace === huge ? SPANS : 3
    for (let first = 0; first < spans; first += ROWS_A_REQUEST) {
      const count = Math.min(ROWS_A_REQUEST, spans - first)
      const rows = Array.from({ length: count }, (_, i) => row(trace, first + i + 1))
      const { status } = await heed.post('/logs3', { project_name: PROJECT, rows })
      expect(status).toBe(200)
    }
  }
}, 120_000)
afterAll(() => heed.close())

/** Every thousandth span is scored, with 1 and 0 in turn. */
const row = (trace: string, n: number) => ({
  id: rowId(trace, n),
  span_id: spanId(n),
  root_span_id: trace,
  ...(n > 1 && { span_parents: [spanId(n >> 1)] }),
  ...(n % 1_000 === 0 && { scores: { right: (n / 1_000) % 2 } }),
})

const spansPage = (query: Record<string, string>) =>
  heed.get('/v1/spans', { project_name: PROJECT, ...query })

test('a list of traces shows a trace of any size, with its exact average', async () => {
  const { body } = await heed.get('/v1/traces', { project_name: PROJECT })
  const shown = body.traces.map(({ trace_id, span_count, scores }: typeof body) => [
    trace_id,
    span_count,
    scores,
  ])
  const scores = [{ name: 'right', mean: 0.5, n: 50 }]
  expect(shown).toEqual([
    [newer, 3, []],
    [huge, SPANS, scores],
    [older, 3, []],
  ])
})

test('a trace that is too large for a tree is refused by name', async () => {
  const refused = {
    status: 422,
    body: {
      error: {
        code: 'trace_too_large',
        details: { trace_id: huge, spans_max: SPANS_MAX },
      },
    },
  }
  const query = { project_name: PROJECT }
  expect(await heed.get(`/v1/traces/${huge}`, query)).toMatchObject(refused)
  expect(await heed.get(`/v1/spans/${rowId(huge, 7)}`, query)).toMatchObject(refused)
  expect(await spansPage({ filter: `trace_id = "${huge}"` })).toMatchObject(refused)
})

test('a page of spans ends before such a trace, and without it goes on', async () => {
  const ids = (trace: string) => [3, 2, 1].map((n) => rowId(trace, n))
  const listed = (body: { spans: { id: string }[] }) => body.spans.map(({ id }) => id)
  const first = await spansPage({ limit: '1000' })
  expect([first.status, listed(first.body)]).toEqual([
    200,
    ids(newer).slice(0, first.body.spans.length),
  ])
  expect(first.body.spans.length).toBeGreaterThan(0)
  const without = await spansPage({ filter: `trace_id != "${huge}"` })
  expect(listed(without.body)).toEqual([...ids(newer), ...ids(older)])
  expect(without.body.cursor).toBeNull()
})
