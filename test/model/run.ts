import { expect } from 'vitest'
import type { Average } from '../../src/wire/common.ts'
import type { Span, SpanSummary, TraceSummary, Trace as WireTrace } from '../../src/wire/traces.ts'
import { type Heed, newProject } from '../support/heed.ts'
import { type Expected, type ExpectedSpan, expected, type Happened, means } from './oracle.ts'
import { type Trace, wrongTime } from './trace.ts'

/** Items of one request, at most. */
const REQUEST_ITEMS = 120

/** A page of a list that is read again while rows arrive. */
const SMALL_PAGE = 30

/** Of so many traces one has a span read whole. */
const ROWS_SAMPLED = 3

/** What is wrong with a trace or, where nobody can tell with which, with one of those that were delivered. */
export interface Difference {
  readonly traces: readonly Trace[]
  readonly message: string
}

/** Delivers traces side by side, then compares all that can be read of them with the oracle. */
export async function run(heed: Heed, traces: readonly Trace[]): Promise<Difference[]> {
  try {
    return await differences(heed, traces)
  } catch (reason) {
    return [{ traces, message: (reason as Error).message }]
  }
}

/** Throws where a request or a list as a whole is wrong. */
async function differences(heed: Heed, traces: readonly Trace[]): Promise<Difference[]> {
  const project_name = newProject()
  const longest = Math.max(...traces.map((trace) => trace.parcels.length))
  for (let step = 0; step < longest; step++) {
    const requests = requestsOf(traces, step).map((body) => ({ project_name, ...body }))
    // Pages are turned while rows arrive, too.
    const query = { project_name, limit: String(SMALL_PAGE) }
    const paging = step % 5 === 1 ? [pages(heed, 'traces', query)] : []
    await Promise.all([...requests.map((body) => deliver(heed, project_name, body)), ...paging])
    if (step + 1 !== Math.ceil(longest / 3)) continue
    const halfway = await compareLists(heed, project_name, traces, step + 1)
    if (halfway.length > 0) return halfway
  }
  const inLists = await compareLists(heed, project_name, traces, longest)
  const details = traces.map((trace, i) =>
    differing(trace, () => compareDetail(heed, project_name, trace, i % ROWS_SAMPLED === 0)),
  )
  return [...inLists, ...(await Promise.all(details)).flat()]
}

async function differing(trace: Trace, compare: () => Promise<void>): Promise<Difference[]> {
  try {
    await compare()
    return []
  } catch (reason) {
    return [{ traces: [trace], message: (reason as Error).message }]
  }
}

/** All lists of a project against what has arrived after so many steps. */
async function compareLists(
  heed: Heed,
  project_name: string,
  traces: readonly Trace[],
  steps: number,
): Promise<Difference[]> {
  const listed = await readLists(heed, project_name)
  const states = traces.map((trace) => expected(trace.happened(steps), trace.hasHeedId))
  const differences = traces.map((trace, i) =>
    differing(trace, async () => {
      compareListed(trace, trace.happened(steps), states[i] as Expected, listed(trace))
    }),
  )
  const found = (await Promise.all(differences)).flat()
  if (found.length > 0) return found
  const { body: project } = await heed.get('/v1/scores', { project_name })
  const all = states.flatMap((state) => state.judged)
  expect(said(project.scores), 'the averages of the project').toEqual(means(all))
  return []
}

/** As long as a slow request takes; a clock that is wrong by less is not corrected. */
const DELAY_MS_MAX = 2_000

/** Everything that arrives in one step, in as few requests as clocks and size allow. */
function requestsOf(traces: readonly Trace[], step: number) {
  const byClock = new Map<number, { rows: object[]; feedback: object[] }[]>()
  for (const trace of traces) {
    for (const place of trace.parcels[step] ?? []) {
      const skew = trace.sending(place).skewMs
      const requests = byClock.get(skew) ?? []
      byClock.set(skew, requests)
      let last = requests.at(-1)
      if (!last || last.rows.length + last.feedback.length >= REQUEST_ITEMS) {
        last = { rows: [], feedback: [] }
        requests.push(last)
      }
      const { list, item } = trace.item(place)
      last[list].push(item)
    }
  }
  // Each request is on its way for a while, so what is measured of a wrong clock differs with each.
  return [...byClock].flatMap(([skew, requests]) =>
    requests.map((body, n) => {
      const delayMs = ((step * 7 + n) * 389) % DELAY_MS_MAX
      return { ...body, sent_at: wrongTime(Date.now() - delayMs, skew) }
    }),
  )
}

async function deliver(heed: Heed, project_name: string, body: ReturnType<typeof JSON.parse>) {
  const { status, body: answer } = await heed.post('/logs3', body)
  expect({ status, rejected: answer.rejected }).toEqual({ status: 200, rejected: [] })
  const acknowledged = body.feedback.at(-1)?.feedback_id
  if (acknowledged === undefined) return
  const read = await heed.get(`/v1/feedback/${acknowledged}`, { project_name })
  expect(read.body.feedback_id, 'acknowledged feedback is read at once').toBe(acknowledged)
}

const ID = { traces: 'trace_id', spans: 'id', feedback: 'feedback_id' } as const

/** Every item of a list, page by page. Fails when one comes twice. */
async function pages(heed: Heed, list: keyof typeof ID, query: Record<string, string>) {
  const items: ReturnType<typeof JSON.parse>[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const { body } = await heed.get(`/v1/${list}`, cursor ? { ...query, cursor } : query)
    items.push(...body[list])
    cursor = body.cursor
  }
  const ids = items.map((item) => item[ID[list]])
  expect(ids.length, `${list} come once each`).toBe(new Set(ids).size)
  return items
}

/** What the lists of a project hold of one trace. */
interface Listed {
  readonly trace: TraceSummary | undefined
  readonly spans: readonly SpanSummary[]
  /** Places of its feedback, and of that whose span is said not to be there. */
  readonly feedback: number[]
  readonly pending: number[]
}

/** Reads all lists of a project, page by page. */
async function readLists(heed: Heed, project_name: string): Promise<(trace: Trace) => Listed> {
  const query = { project_name, limit: '1000' }
  const small = await pages(heed, 'traces', { project_name, limit: String(SMALL_PAGE) })
  const traces: TraceSummary[] = await pages(heed, 'traces', query)
  expect(small, 'pages of any size hold the same').toEqual(traces)
  const spans = new Map<string, SpanSummary[]>()
  for (const span of (await pages(heed, 'spans', query)) as SpanSummary[]) {
    spans.set(span.trace_id, [...(spans.get(span.trace_id) ?? []), span])
  }
  const ledger = await pages(heed, 'feedback', query)
  const pending = await pages(heed, 'feedback', { ...query, status: 'pending' })
  const placesOf = (items: { feedback_id: string }[], { traceId }: Trace) =>
    items
      .map((one) => one.feedback_id.split(' '))
      .flatMap(([id, place]) => (id === traceId ? [Number(place)] : []))
      .sort((a, b) => a - b)
  return (trace) => ({
    trace: traces.find((one) => one.trace_id === trace.traceId),
    spans: spans.get(trace.traceId) ?? [],
    feedback: placesOf(ledger, trace),
    pending: placesOf(pending, trace),
  })
}

function compareListed(trace: Trace, happened: Happened, state: Expected, listed: Listed): void {
  const isNamed = (at: number) => trace.sending(at).isNamed
  const places = [...happened.keys()].filter((at) => trace.item(at).list === 'feedback')
  expect(listed.feedback, 'the ledger').toEqual(places.filter(isNamed))
  const pending = state.pending.filter(isNamed).toSorted((a, b) => a - b)
  expect(listed.pending, 'pending feedback').toEqual(pending)
  compareSpans(
    listed.spans.map((span) => [trace.spanOf(span.id), shownOf(trace, state, span)]),
    [...state.spans].map(([n, span]) => [n, wantedOf(trace, span)]),
  )
  expect(listed.trace !== undefined, 'is listed').toBe(state.isListed)
  if (!listed.trace) return
  const spans = [...state.spans.values()]
  expect({
    root: trace.spanOf(listed.trace.id),
    scores: said(listed.trace.scores),
    spans: listed.trace.span_count,
    feedback: listed.trace.feedback_count,
    comments: listed.trace.comment_count,
    corrections: listed.trace.correction_count,
  }).toEqual({
    root: state.root,
    scores: state.spans.get(state.root ?? -1)?.scores,
    spans: spans.length,
    feedback: spans.reduce((sum, span) => sum + span.feedbackCount, 0),
    comments: spans.reduce((sum, span) => sum + span.comments.length, 0),
    corrections: state.corrections,
  })
}

async function compareDetail(
  heed: Heed,
  project_name: string,
  trace: Trace,
  isSampled: boolean,
): Promise<void> {
  const state = expected(trace.happened(), trace.hasHeedId)
  const { status, body } = await heed.get(`/v1/traces/${trace.traceId}`, { project_name })
  if (status === 404) {
    expect(state.root, 'no trace is found; its root').toBeUndefined()
    return
  }
  const detail: WireTrace = body
  expect(detail.spans, 'one row an id').toHaveLength(new Set(detail.spans.map(({ id }) => id)).size)
  compareSpans(
    detail.spans.map((span) => [
      trace.spanOf(span.id),
      { ...shownOf(trace, state, span), ...saidOn(detail, span.id) },
    ]),
    [...state.spans].map(([n, span]) => {
      const { judgements, corrections, comments } = span
      return [n, { ...wantedOf(trace, span), judgements, corrections, comments }]
    }),
  )
  expect(trace.spanOf(detail.root_id), 'the root').toBe(state.root)
  expect(said(detail.scores), 'the averages of the trace').toEqual(
    state.spans.get(state.root ?? -1)?.scores,
  )
  if (isSampled) await compareRow(heed, project_name, trace, state, detail)
}

/** One span whole, out of many: the one that most was said about. */
async function compareRow(
  heed: Heed,
  project_name: string,
  trace: Trace,
  state: Expected,
  detail: WireTrace,
): Promise<void> {
  const changes = (n: number) =>
    trace.events.filter(({ kind, span }) => kind === 'change' && span === n)
  const [n] = [...state.spans.keys()].sort((a, b) => changes(b).length - changes(a).length)
  if (n === undefined) return
  const { body } = await heed.get(`/v1/spans/${encodeURIComponent(trace.rowId(n))}`, {
    project_name,
  })
  const span: Span = body
  for (const key of ['input', 'output', 'metadata'] as const) {
    expect(span[key], `${key} of span ${n}`).toEqual(state.spans.get(n)?.row[key] ?? null)
  }
  const summary = detail.spans.find((one) => one.id === span.id)
  expect(span, 'a span alone agrees with its trace').toMatchObject(summary ?? {})
}

/** Throws for the first span that is not as it should be. */
function compareSpans(
  shown: readonly [n: number, object][],
  wanted: readonly [n: number, object][],
) {
  const [are, should] = [new Map(shown), new Map(wanted)]
  for (const n of new Set([...are.keys(), ...should.keys()])) {
    const [is, shouldBe] = [JSON.stringify(are.get(n)), JSON.stringify(should.get(n))]
    if (is !== shouldBe)
      throw new Error(`Span ${n} should be ${shouldBe}\n     and is shown as ${is}`)
  }
}

/** What people said about a span, as its trace shows it. */
function saidOn({ judgements, feedback, comments }: WireTrace, id: string) {
  const place = (feedbackId: string | null) =>
    feedbackId === null ? null : Number(feedbackId.split(' ')[1])
  return {
    judgements: judgements
      .filter((one) => one.id === id)
      .map(({ user, name, value }) => JSON.stringify([user, name, value]))
      .sort(),
    corrections: feedback
      .filter((event) => event.id === id && event.expected !== null)
      .map((event) => JSON.stringify(event.expected))
      .sort(),
    comments: comments
      .filter((one) => one.id === id)
      .map(
        ({ feedback_id, text, reply_to }) => `${place(feedback_id)} ${text}, to ${place(reply_to)}`,
      ),
  }
}

/** A span as lists and its trace show it. Where no time was said it is the arrival, which nobody foretells. */
function shownOf(trace: Trace, state: Expected, span: SpanSummary) {
  const n = trace.spanOf(span.id)
  const isTimed = createdOf(trace, state.spans.get(n)) !== undefined
  const metrics = span.metrics.filter(({ name }) => name !== 'start' && name !== 'end')
  return {
    scores: said(span.scores),
    tags: span.tags,
    metrics: Object.fromEntries(metrics.map(({ name, value }) => [name, value]).sort()),
    created: isTimed ? new Date(span.created).toISOString() : undefined,
    feedbackCount: span.feedback_count,
  }
}

/** The same as the oracle has it. */
const wantedOf = (trace: Trace, span: ExpectedSpan) => ({
  scores: span.scores,
  tags: span.row.tags ?? [],
  metrics: Object.fromEntries(
    Object.entries(span.row.metrics ?? {})
      .filter(([, value]) => value !== null)
      .sort(),
  ),
  created: createdOf(trace, span),
  feedbackCount: span.feedbackCount,
})

const createdOf = (trace: Trace, span: ExpectedSpan | undefined) =>
  trace.created(span?.createdBy ?? -1)

const said = (scores: readonly Average[]) =>
  scores.map(({ name, mean, n }) => `${name} ${mean.toFixed(9)} ${n}`)
