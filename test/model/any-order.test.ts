import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Heed, newProject, newTraceId, openHeed, rowId, spanId } from '../support/heed.ts'
import { type History, history } from './history.ts'
import { type Event, expected } from './oracle.ts'

/** How many histories are tried; `HEED_MODEL_HISTORIES=100000` before a release. */
const HISTORIES = Number(process.env.HEED_MODEL_HISTORIES ?? 1_000)

/** At most so many run side by side, half of it on average, each in a trace of its own: one commit then serves them all. */
const TOGETHER = 500

let heed: Heed
beforeAll(async () => {
  heed = await openHeed()
})
afterAll(() => heed.close())

/** Far more than a request takes: by that much a wrong clock can be corrected wrongly. */
const STEP_MS = 60_000

const YEAR_MS = 365 * 24 * 3600 * 1000

/** The request that delivers one event. The n-th event happened n minutes after the first. */
function request(
  project_name: string,
  traceId: string,
  begun: number,
  events: readonly Event[],
  delivery: History['deliveries'][number],
) {
  const event = events[delivery.event] as Event
  const wrong = (ms: number) => new Date(ms + delivery.skewYears * YEAR_MS).toISOString()
  const created = wrong(begun + delivery.event * STEP_MS)
  const id = rowId(traceId, event.span)
  const row = { id, span_id: spanId(event.span), root_span_id: traceId, created }
  const body = { project_name, sent_at: wrong(Date.now()) }
  if (event.kind === 'vote') {
    const { user, scores } = event
    return {
      ...body,
      feedback: [{ id, feedback_id: `${traceId} ${delivery.event}`, user, scores, created }],
    }
  }
  if (event.kind === 'delete') return { ...body, rows: [{ id, created, _object_delete: true }] }
  if (event.kind === 'change') {
    const { scores, key } = event
    return { ...body, rows: [{ ...row, scores, metadata: { [key]: 1 }, _is_merge: true }] }
  }
  const span_parents = event.parent === null ? [] : [spanId(event.parent)]
  return {
    ...body,
    rows: [{ ...row, span_parents, scores: event.scores, metrics: { start: event.span } }],
  }
}

/** Delivers histories side by side, then compares what is read with the oracle. */
async function run(histories: readonly History[]): Promise<void> {
  const project_name = newProject()
  const begun = Date.now() - 20 * STEP_MS
  const traceIds = histories.map(() => newTraceId(begun))
  const longest = Math.max(...histories.map((one) => one.deliveries.length))
  for (let step = 0; step < longest; step++) {
    await Promise.all(
      histories.map(async ({ events, deliveries }, i) => {
        const delivery = deliveries[step]
        if (!delivery) return
        const body = request(project_name, traceIds[i] ?? '', begun, events, delivery)
        expect(await heed.post('/logs3', body)).toMatchObject({
          status: 200,
          body: { rejected: [] },
        })
      }),
    )
  }
  const listed = new Map<string, unknown>()
  let cursor: string | null = ''
  while (cursor !== null) {
    const { body } = await heed.get('/v1/traces', {
      project_name,
      limit: '1000',
      ...(cursor && { cursor }),
    })
    for (const trace of body.traces) {
      expect(listed.has(trace.trace_id)).toBe(false)
      listed.set(trace.trace_id, trace.scores)
    }
    cursor = body.cursor
  }
  const total = new Map<string, { sum: number; n: number }>()
  await Promise.all(
    histories.map(async ({ events }, i) => {
      const traceId = traceIds[i] ?? ''
      const { status, body } = await heed.get(`/v1/traces/${traceId}`, { project_name })
      const wanted = expected(events)
      expect(listed.has(traceId), 'is listed').toBe(wanted.isListed)
      if (status === 404) {
        expect(wanted.spans).toEqual({})
        return
      }
      type Scored = { id: string; scores: { name: string; mean: number; n: number }[] }
      const shown = body.spans.map((span: Scored) => [
        Number.parseInt(span.id.slice(33), 16),
        span.scores.map(({ name, mean, n }) => `${name} ${mean.toFixed(9)} ${n}`),
      ])
      expect(Object.keys(wanted.spans)).toHaveLength(shown.length)
      for (const { name, mean, n } of body.scores) {
        const before = total.get(name) ?? { sum: 0, n: 0 }
        total.set(name, { sum: before.sum + mean * n, n: before.n + n })
      }
      // Without a root the earliest span takes its place, and only that all are there is promised.
      if (wanted.isListed) {
        expect(Object.fromEntries(shown)).toEqual(wanted.spans)
        expect(listed.get(traceId)).toEqual(body.scores)
      }
    }),
  )
  const { body: project } = await heed.get('/v1/scores', { project_name })
  const summed = [...total].map(([name, { sum, n }]) => `${name} ${(sum / n).toFixed(9)} ${n}`)
  expect(
    project.scores.map((score: { name: string; mean: number; n: number }) =>
      [score.name, score.mean.toFixed(9), score.n].join(' '),
    ),
  ).toEqual(summed.sort())
}

test(`${HISTORIES} histories leave the state of the history in order, however they arrive`, async () => {
  const batches = fc.array(history, { minLength: 1, maxLength: TOGETHER, size: 'max' })
  await fc.assert(fc.asyncProperty(batches, run), {
    numRuns: Math.ceil((2 * HISTORIES) / TOGETHER),
    // A failing batch is shrunk to the one history, and that to its fewest events.
    interruptAfterTimeLimit: 120_000,
    ...(process.env.HEED_MODEL_SEED && { seed: Number(process.env.HEED_MODEL_SEED) }),
  })
}, 600_000)
