import type { Feedback } from '../../src/wire/feedback.ts'
import type { Trace } from '../../src/wire/traces.ts'
import type { Product } from '../support/product.ts'

/**
 * What a project holds, in words that two runs of one program share: ids are the names of what they
 * name, times and the place of the call are left out, and the order is that of the names.
 */
export async function held(product: Product, project_name: string) {
  const get = async (path: string) => (await product.get(path, { project_name })).body
  const { traces } = await product
    .get('/v1/traces', { project_name, limit: '1000' })
    .then(({ body }) => body)
  const told = []
  for (const { trace_id } of traces) {
    const trace: Trace = await get(`/v1/traces/${trace_id}`)
    const names = new Map(trace.spans.map(({ id, name }) => [id, name]))
    const reading = trace.spans.map(async ({ id, scores }) => {
      const span = await get(`/v1/spans/${encodeURIComponent(id)}`)
      const { name, type, input, output, expected, metadata, tags, model, user } = span
      return {
        ...{ name, type, input, output, expected, metadata, model, user, scores },
        error: raised(span.error_detail),
        parent: span.parent_id && names.get(span.parent_id),
        tags: tags.toSorted(),
        attributes: { ...span.span_attributes, exec_counter: undefined },
        metrics: span.metrics.map((one: { name: string }) => one.name).sort(),
        seconds: span.start < 10_000 ? [span.start, span.end] : 'now',
      }
    })
    const spans = await Promise.all(reading)
    const judgements = trace.judgements.map(({ id, name, value, user, source }) => ({
      ...{ name, value, user, source },
      of: names.get(id),
    }))
    const comments = trace.comments.map(({ id, user, text }) => ({ user, text, of: names.get(id) }))
    const feedback = trace.feedback.map((event) => judged(event, names))
    told.push({
      root: names.get(trace.root_id),
      scores: trace.scores,
      spans: sorted(spans),
      judgements: sorted(judgements),
      comments: sorted(comments),
      feedback: sorted(feedback),
    })
  }
  return sorted(told)
}

/** What the datasets of a project hold, by name; records by id, without their times. */
export async function heldDatasets(product: Product, project_name: string) {
  const { body } = await product.get('/v1/dataset', { project_name })
  const told = []
  for (const { id, name, description, metadata } of body.objects) {
    const { events } = (await product.get(`/v1/dataset/${id}/fetch`)).body
    const records = events.map(({ id, input, expected, tags, metadata, origin }: RecordRow) => ({
      ...{ id, input, expected, metadata, origin },
      tags: tags?.toSorted(),
    }))
    told.push({ name, description, metadata, records: sorted<RecordRow>(records) })
  }
  return sorted(told)
}

interface RecordRow {
  readonly id: string
  readonly input: unknown
  readonly expected: unknown
  readonly tags: string[] | null
  readonly metadata: unknown
  readonly origin: unknown
}

/** What was raised, which Python says last and JavaScript first: the rest is the code of each package. */
function raised(error: unknown): unknown {
  if (typeof error !== 'string') return error
  const lines = error.trim().split('\n')
  return /^ +at /.test(lines.at(-1) ?? '') ? lines[0] : lines.at(-1)
}

function judged(event: Feedback, names: ReadonlyMap<string, string>) {
  const { status, user, source, scores, expected, comment, tags, metadata } = event
  return {
    status,
    user,
    source,
    scores,
    expected,
    comment,
    tags,
    metadata,
    of: names.get(event.id),
  }
}

function sorted<T>(items: T[]): T[] {
  return items
    .map((item) => ({ item, text: JSON.stringify(item) }))
    .sort((a, b) => (a.text < b.text ? -1 : 1))
    .map(({ item }) => item)
}
