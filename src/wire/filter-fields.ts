import type { FilterSource } from './filter.ts'

/**
 * What a field holds, which says what it may be compared with: `text` with texts, `words` by `~`
 * alone, `flag` is there or not, `any` is a leaf of JSON, read as the value it is compared with.
 */
export type FieldType = 'text' | 'words' | 'number' | 'time' | 'boolean' | 'flag' | 'any'

export interface FilterField {
  readonly type: FieldType
  /** Whether a name follows: `scores.helpful`. */
  readonly hasPath: boolean
  /** Several values at once: a comparison is true when it is true of one of them. */
  readonly isMany: boolean
  /** One sentence, for docs/filters.md and for screens. */
  readonly doc: string
}

const one = (type: FieldType, doc: string): FilterField => ({
  type,
  hasPath: false,
  isMany: false,
  doc,
})
const many = (type: FieldType, doc: string): FilterField => ({ ...one(type, doc), isMany: true })
const below = (type: FieldType, doc: string): FilterField => ({ ...one(type, doc), hasPath: true })

const SPAN = {
  id: one('text', 'Row id of the span; on traces of the root span.'),
  trace_id: one('text', 'Id of the trace.'),
  name: one('text', 'Name; on traces of the root span.'),
  type: one('text', '`llm`, `tool`, `task` …; on traces of the root span.'),
  user: one('text', '`metadata.user_id` or `metadata.user`; on traces of the root span.'),
  session: one('text', '`metadata.session_id` or `metadata.conversation_id`, of the same span.'),
  tags: many('text', 'Tags the program gave; on traces those of the root span.'),
  metadata: below('any', 'A leaf of the metadata, by path; on traces of the root span.'),
  metrics: below('number', 'A metric by name; on traces of the root span.'),
  duration: one('number', 'End minus start, in seconds; on traces of the root span.'),
  created: one('time', 'When it was made; on traces the root span.'),
  expected: one('flag', 'The program logged what the output should be; on traces with the root.'),
  model: one('text', '`metadata.model`; on traces of the root or, without one, the newest span.'),
  error: one(
    'text',
    'The error in one line, or what a traceback ends with; on traces of the root or else the first span.',
  ),
  tokens: one(
    'number',
    '`metrics.tokens`, or else prompt and completion tokens; on traces the sum of all spans.',
  ),
  input: one('words', 'Words of the input; on traces of any one span.'),
  output: one('words', 'Words of the output; on traces of any one span.'),
  text: one('words', 'Words of the input, of the output or of one comment.'),
  scores: below(
    'number',
    'Average of all judgements under this name on the span and below; on traces of all spans.',
  ),
  own_scores: below('number', 'Average of the judgements on the span, or root span, itself.'),
  feedback: one('flag', 'Somebody gave feedback; on traces to any span.'),
  feedback_count: one('number', 'How many feedback events there are; on traces on all spans.'),
  'feedback.user': many('text', 'Who gave feedback.'),
  'feedback.source': many('text', 'Where it came from: `app`, `api` or `external`.'),
  'feedback.tags': many('text', 'Tags of the feedback.'),
  comment: many('text', 'Comments that stand, those logged with a span included.'),
  comment_count: one('number', 'How many comments stand.'),
  correction: one('flag', 'Feedback says what the output should have been.'),
  correction_count: one('number', 'How many feedback events say it.'),
} as const satisfies Record<string, FilterField>

const TRACE = {
  ...SPAN,
  span_count: one('number', 'How many spans the trace has.'),
} as const satisfies Record<string, FilterField>

const ONE_SPAN = {
  ...SPAN,
  is_root: one('boolean', 'Whether it is the root of its trace.'),
} as const satisfies Record<string, FilterField>

const FEEDBACK = {
  feedback_id: one('text', 'Id of the event.'),
  id: one('text', 'Row id of the judged span.'),
  trace_id: one('text', 'Trace of the judged span; missing while it is pending.'),
  status: one('text', '`attached`, or `pending`: its span has not arrived.'),
  user: one('text', 'Who judged; missing where anonymous.'),
  source: one('text', '`app`, `api` or `external`.'),
  scores: below('number', 'The value given under this name; missing where it retracts.'),
  comment: one('text', 'The comment as this event gave it.'),
  expected: one('flag', 'It says what the output should have been.'),
  replaces: one('text', 'The feedback_id whose comment it edits or deletes.'),
  reply_to: one('text', 'The feedback_id whose comment it answers.'),
  tags: many('text', 'Tags of the event.'),
  metadata: below('any', 'A leaf of the metadata of the event, by path.'),
  created: one('time', 'When the person judged.'),
  text: one('words', 'Words of the comment.'),
} as const satisfies Record<string, FilterField>

/** The allow-list: what is not here cannot be filtered on. */
export const FIELDS = { traces: TRACE, spans: ONE_SPAN, feedback: FEEDBACK } as const satisfies {
  [source in FilterSource]: Record<string, FilterField>
}

export type FieldName<S extends FilterSource> = keyof (typeof FIELDS)[S] & string

export interface FoundField<S extends FilterSource = FilterSource> {
  readonly name: FieldName<S>
  readonly field: FilterField
  /** What follows the name: empty for a field without a path. */
  readonly path: readonly string[]
}

/** The field that a path names, or null: `['feedback', 'user']` is one, `['scores']` alone is none. */
export function findField<S extends FilterSource>(
  source: S,
  path: readonly string[],
): FoundField<S> | null {
  const fields: Readonly<Record<string, FilterField>> = FIELDS[source]
  for (const length of [2, 1]) {
    const name = path.slice(0, length).join('.')
    if (path.length < length || !Object.hasOwn(fields, name)) continue
    const field = fields[name]
    const rest = path.slice(length)
    // The table of this source has this name: it was just looked up.
    if (field && field.hasPath === rest.length > 0) {
      return { name: name as FieldName<S>, field, path: rest }
    }
  }
  return null
}
