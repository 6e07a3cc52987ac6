import type { Json } from '../../src/wire/common.ts'
import type { Feedback } from '../../src/wire/feedback.ts'
import type { Filter, FilterLeaf, FilterSource, FilterValue } from '../../src/wire/filter.ts'
import type { Span, Trace } from '../../src/wire/traces.ts'
import { NOW } from './filter-data.ts'

/** One row of a source with all that the detail views show of it. */
export interface Row {
  readonly id: string
  /** All values of a field, none where it is missing. Of words: the texts to look in. */
  readonly values: (field: readonly string[]) => readonly (FilterValue | { text: string })[]
}

/** Whether a filter lets a row through, worked out the slow and obvious way. */
export function matches(filter: Filter, row: Row): boolean {
  if ('and' in filter) return filter.and.every((part) => matches(part, row))
  if ('or' in filter) return filter.or.some((part) => matches(part, row))
  if ('not' in filter) return !matches(filter.not, row)
  if (filter.op === '!=') return !matches({ ...filter, op: '=' }, row)
  if (filter.op === '!~') return !matches({ ...filter, op: '~' }, row)
  return row.values(filter.field).some((value) => holds(filter, value))
}

function holds(leaf: FilterLeaf, value: FilterValue | { text: string }): boolean {
  if (leaf.op === 'exists') return true
  if (leaf.op === 'in')
    return leaf.value.some((one) => holds({ ...leaf, op: '=', value: one }, value))
  const wanted = leaf.value
  if (typeof value === 'object') {
    const there = wordsOf(value.text)
    return wordsOf(String(wanted)).every((word) => there.includes(word))
  }
  if (leaf.op === '~') return String(value).toLowerCase().includes(String(wanted).toLowerCase())
  if (leaf.field[0] === 'created')
    return ordered(leaf.op, Date.parse(String(value)), moment(wanted))
  if (leaf.field[0] === 'metadata') {
    if (typeof wanted !== 'number') return String(value) === String(wanted)
    return (
      /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(String(value)) &&
      ordered(leaf.op, Number(value), wanted)
    )
  }
  if (typeof value === 'number') return ordered(leaf.op, value, Number(wanted))
  return value === wanted
}

const moment = (wanted: FilterValue) =>
  typeof wanted === 'number' ? NOW + 10_000 + wanted * 1000 : Date.parse(String(wanted))

function ordered(op: string, a: number, b: number): boolean {
  if (op === '<') return a < b
  if (op === '<=') return a <= b
  if (op === '>') return a > b
  return op === '>=' ? a >= b : a === b
}

const wordsOf = (text: string) =>
  text
    .toLowerCase()
    .split(/[^a-z0-9äößï退款]+/)
    .filter(Boolean)

/** The words of JSON: its texts and keys, and what stands between them. */
const jsonText = (value: unknown): { text: string }[] =>
  value === null ? [] : [{ text: JSON.stringify(value).replace(/\\(u[0-9a-f]{4}|.)/g, ' ') }]

type Known = Record<string, readonly unknown[]>

/** Rows of a source, from the answers of the detail routes. */
export function rowsOf(
  source: FilterSource,
  traces: readonly Trace[],
  spans: ReadonlyMap<string, Span>,
  feedback: readonly Feedback[],
  roots: ReadonlySet<string>,
): Row[] {
  if (source === 'feedback') return feedback.map(feedbackRow)
  return traces.flatMap((trace) => {
    const all = trace.spans.flatMap((span) => spans.get(span.id) ?? [])
    const shown = source === 'spans' ? all : all.filter((span) => span.id === trace.root_id)
    return shown.map((span) => {
      const below = source === 'spans' ? [span] : all
      return spanRow(source, trace, span, below, roots)
    })
  })
}

function spanRow(
  source: FilterSource,
  trace: Trace,
  span: Span,
  below: readonly Span[],
  roots: ReadonlySet<string>,
): Row {
  const ids = new Set(below.map(({ id }) => id))
  const events = trace.feedback.filter(({ id }) => ids.has(id))
  const comments = trace.comments.filter(({ id }) => ids.has(id))
  const corrections = events.filter(({ expected }) => expected !== null)
  const own = trace.judgements.filter(({ id }) => id === span.id)
  const tokens = below.flatMap(({ metrics }) => {
    const of = new Map(metrics.map(({ name, value }) => [name, value]))
    const [prompt, completion] = [of.get('prompt_tokens'), of.get('completion_tokens')]
    const sum =
      prompt === undefined && completion === undefined ? [] : [(prompt ?? 0) + (completion ?? 0)]
    return of.has('tokens') ? [of.get('tokens') ?? 0] : sum
  })
  const newest = [...below].sort((a, b) => order(b, a, (s) => Number(roots.has(s.id))))
  const first = [...below].sort((a, b) => order(a, b, (s) => Number(!roots.has(s.id))))
  const [model, error] = [newest.find((s) => s.model)?.model, first.find((s) => s.error)?.error]
  const texts = (part: 'input' | 'output') => below.flatMap((s) => jsonText(s[part]))
  // The model writes objects alone.
  const metadata = (span.metadata ?? {}) as Record<string, Json>
  const known: Known = {
    id: [span.id],
    trace_id: [span.trace_id],
    name: full(span.name),
    type: full(span.type),
    user: full(span.user),
    session: full(metadata.session_id),
    tags: span.tags,
    duration: span.start !== null && span.end !== null ? [span.end - span.start] : [],
    created: [span.created],
    expected: full(span.expected),
    model: full(model),
    error: full(error),
    tokens: tokens.length ? [tokens.reduce((a, b) => a + b)] : [],
    input: texts('input'),
    output: texts('output'),
    text: [...texts('input'), ...texts('output'), ...comments.map(({ text }) => ({ text }))],
    feedback: events.slice(0, 1).map(() => true),
    feedback_count: [events.length],
    'feedback.user': events.flatMap(({ user }) => full(user)),
    'feedback.source': events.map(({ source: from }) => from),
    'feedback.tags': events.flatMap(({ tags }) => tags),
    comment: comments.map(({ text }) => text),
    comment_count: [comments.length],
    correction: corrections.slice(0, 1).map(() => true),
    correction_count: [corrections.length],
    span_count: [below.length],
    is_root: [roots.has(span.id)],
  }
  const scores = source === 'spans' ? span.scores : trace.scores
  return {
    id: span.id,
    values: ([first = '', ...path]) => {
      const name = path.join('.')
      if (first === 'metadata') return leafOf(metadata, name)
      if (first === 'metrics')
        return span.metrics.filter((m) => m.name === name).map((m) => m.value)
      if (first === 'scores') return scores.filter((s) => s.name === name).map((s) => s.mean)
      if (first === 'own_scores')
        return mean(own.filter((j) => j.name === name).map((j) => j.value))
      return (known[[first, ...path].join('.')] ?? []) as FilterValue[]
    },
  }
}

const order = (a: Span, b: Span, rank: (span: Span) => number) =>
  rank(a) - rank(b) || (a.created + a.id < b.created + b.id ? -1 : 1)

/** Scores of the pool have two decimals at most: whole hundredths add up exactly. */
const mean = (values: readonly number[]) =>
  values.length
    ? [values.reduce((sum, v) => sum + Math.round(v * 100), 0) / (values.length * 100)]
    : []

const full = (value: unknown): FilterValue[] =>
  value === null || value === undefined || value === '' ? [] : [value as FilterValue]

/** The leaf under a flattened path. */
function leafOf(metadata: Record<string, unknown>, wanted: string): FilterValue[] {
  return Object.entries(metadata).flatMap(([key, value]) => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const isBelow = wanted.startsWith(`${key}.`)
      return isBelow ? leafOf(value as Record<string, unknown>, wanted.slice(key.length + 1)) : []
    }
    return key === wanted && value !== null ? [value as FilterValue] : []
  })
}

function feedbackRow(event: Feedback): Row {
  const known: Known = {
    feedback_id: [event.feedback_id],
    id: [event.id],
    trace_id: full(event.trace_id),
    status: [event.status],
    user: full(event.user),
    source: [event.source],
    comment: full(event.comment),
    expected: full(event.expected),
    replaces: full(event.replaces),
    reply_to: full(event.reply_to),
    tags: event.tags,
    created: [event.created],
    text: full(event.comment).map((text) => ({ text })),
  }
  return {
    id: event.feedback_id,
    values: ([first = '', ...path]) => {
      if (first === 'scores') {
        return event.scores.flatMap((s) => (s.name === path.join('.') ? full(s.value) : []))
      }
      if (first !== 'metadata') return (known[first] ?? []) as FilterValue[]
      let at: unknown = event.metadata
      for (const key of path)
        at = Object(at) === at && Object.hasOwn(at as object, key) ? (at as Known)[key] : null
      return typeof at === 'object' ? [] : [at as FilterValue]
    },
  }
}
