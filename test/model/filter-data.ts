import fc from 'fast-check'
import { newTraceId, rowId, spanId } from '../support/heed.ts'

/** Pieces of small projects: few values of each kind, so that filters meet them, and hostile ones. */
export const POOL = {
  scoreNames: ['helpful', "it's; --", 'a.b'],
  scores: [0, 0.1, 0.25, 0.5, 1],
  users: ['u1', 'U2', "o'hara"],
  words: [
    'refund',
    'Größe',
    'naïve',
    "it's",
    'line\nbreak',
    'say "hi"',
    'back\\new',
    '“C3PO”',
    '退款',
  ],
  names: ['answer', 'Search', 'ÄNDERUNG', "'); DROP TABLE spans; --", '%_\\'],
  types: ['llm', 'tool', ''],
  models: ['gpt-5', 'gpt-5-mini', '{p0: String}'],
  tags: ['slow', 'Größe', "'"],
  metadata: ['plan', 'n', 'x.y', "it's", '__proto__'],
  values: ['pro', 'free', '5', 5, 0.5, -2e-7, true, false, "'", ''],
  metrics: ['tokens', 'prompt_tokens', 'completion_tokens', 'cost'],
  minutes: [0, 1, 2, 3, 60, 1440, 100_000],
} as const

/** The moment that all times of a data set count back from; whole milliseconds. */
export const NOW = Date.now() - 10_000

export const ago = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString()

export const one = <T>(from: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...from)
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 })
const text = fc.array(one(POOL.words), { minLength: 1, maxLength: 3 }).map((all) => all.join(' '))

const json = fc.oneof(
  text,
  text.map((content) => [{ role: 'user', content }]),
  fc.constant(null),
)

/** Distinct keys, `__proto__` among them: such objects are made as JSON. */
const object = <T>(keys: readonly string[], value: fc.Arbitrary<T>) =>
  fc
    .uniqueArray(fc.tuple(one(keys), value), { maxLength: 3, selector: ([key]) => key })
    .map((pairs) => pairs.map(([key, v]) => `${JSON.stringify(key)}:${JSON.stringify(v)}`))
    .map((members) => JSON.parse(`{${members.join(',')}}`))

const metadata = fc
  .tuple(
    object(POOL.metadata, one(POOL.values)),
    fc.record(
      {
        model: one(POOL.models),
        user_id: one(POOL.users),
        session_id: one(['s1', 's2']),
        deep: object(POOL.metadata, one(POOL.values)),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([odd, known]) => Object.assign(odd, known))

const scores = object(POOL.scoreNames, one(POOL.scores))

const span = fc.record({
  isOpaque: fc.boolean(),
  /** Itself, a later one and one that never comes are among them; null makes a second root. */
  parent: fc.option(fc.nat(5), { freq: 8 }),
  /** Of an opaque one: it names its parent by having the same span id, as a log does. */
  isLog: fc.boolean(),
  row: fc.record(
    {
      input: json,
      output: json,
      expected: one([null, 'so']),
      error: one(['Timeout', "it's broken\nat line 2"]),
      scores,
      metadata,
      metrics: object(POOL.metrics, one([0, 1, 5, 20])),
      tags: fc.uniqueArray(one(POOL.tags), { maxLength: 2 }),
      comment: text,
    },
    { requiredKeys: [] },
  ),
  name: one(POOL.names),
  type: one(POOL.types),
  seconds: maybe(one([0, 0.15, 2, 30])),
  minutes: one(POOL.minutes),
})

const event = fc.record({
  /** Which trace and span, counted around; one span beyond the last never comes. */
  trace: fc.nat(2),
  span: fc.nat(3),
  minutes: one(POOL.minutes),
  /** Which earlier event it edits or answers. */
  replaces: maybe(fc.nat(12)),
  feedback: fc.record(
    {
      user: one(POOL.users),
      source: one(['app', 'api', 'external']),
      scores: object(POOL.scoreNames, one([...POOL.scores, null])),
      expected: one([null, { text: 'so' }]),
      comment: text,
      tags: fc.uniqueArray(one(POOL.tags), { maxLength: 2 }),
      metadata,
    },
    { requiredKeys: [] },
  ),
})

export const project = fc.record({
  /** Whether some ids do not tell their time: then a trace is not found by it. */
  hasOpaque: fc.boolean(),
  traces: fc.array(fc.array(span, { minLength: 1, maxLength: 6, size: 'max' }), {
    minLength: 2,
    maxLength: 6,
    size: 'max',
  }),
  events: fc.array(event, { minLength: 10, maxLength: 40, size: 'max' }),
})

/** What is sent to make such a project, and which of its spans are roots. */
export function requestOf({
  hasOpaque,
  traces,
  events,
}: typeof project extends fc.Arbitrary<infer P> ? P : never) {
  const traceIds = traces.map((_, i) => newTraceId(NOW - i * 60_000))
  const idOf = (trace: number, n: number) => {
    const traceId = traceIds[trace] ?? 'f'.repeat(32)
    return hasOpaque && traces[trace]?.[n]?.isOpaque ? `opaque ${traceId} ${n}` : rowId(traceId, n)
  }
  const roots = new Set<string>()
  const rows = traces.flatMap((spans, trace) =>
    spans.map(({ parent, isLog, row, name, type, seconds, minutes }, n) => {
      const id = idOf(trace, n)
      const logged = isLog && n > 0 && id.startsWith('opaque') ? parent : null
      const parents = n === 0 || parent === null || logged !== null ? [] : [spanId(parent)]
      if (parents.length === 0) roots.add(id)
      const begun = (NOW - minutes * 60_000) / 1000
      const times = seconds === undefined ? {} : { start: begun, end: begun + seconds }
      return {
        ...row,
        id,
        span_id: spanId(logged ?? n),
        root_span_id: traceIds[trace],
        span_parents: parents,
        created: ago(minutes),
        span_attributes: { name, type },
        metrics: { ...row.metrics, ...times },
      }
    }),
  )
  const feedback = events.map(({ trace, span: n, minutes, replaces, feedback: given }, i) => ({
    ...given,
    feedback_id: `${traceIds[0]} event ${i}`,
    id: idOf(trace % traces.length, n % ((traces[trace % traces.length]?.length ?? 0) + 1)),
    created: ago(minutes),
    tags: [...(given.tags ?? []), 'always'],
    ...(replaces === undefined ? {} : { replaces: `${traceIds[0]} event ${replaces}` }),
  }))
  return { rows, feedback, traceIds, roots }
}
