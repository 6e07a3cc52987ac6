import { type Bound, type Sql, sql, str } from '../sql.ts'
import { type FieldSql, flat } from './field-sql.ts'

const column = (value: Sql): FieldSql => ({ kind: 'column', value: () => value })

/** Empty text is what is missing. */
const text = (name: Sql): FieldSql => column(sql`nullIf(${name}, '')`)

const entry = (map: Sql, key: Bound): Sql =>
  sql`if(mapContains(${map}, ${key}), ${map}[${key}], NULL)`

/** What a span logged itself of tokens, or NULL. */
export const SPAN_TOKENS = sql`multiIf(
  mapContains(metrics, 'tokens'), metrics['tokens'],
  mapContains(metrics, 'prompt_tokens') OR mapContains(metrics, 'completion_tokens'),
  metrics['prompt_tokens'] + metrics['completion_tokens'],
  NULL)`

/** Fields of one row of `spans`, for spans and for the root spans of traces. */
export const SPAN_COLUMNS = {
  id: column(sql`id`),
  trace_id: text(sql`trace_id`),
  name: text(sql`name`),
  type: text(sql`type`),
  user: text(sql`user`),
  session: text(sql`session`),
  tags: column(sql`tags`),
  metadata: { kind: 'column', value: (path) => entry(sql`metadata`, str(flat(path))) },
  metrics: { kind: 'column', value: (path) => entry(sql`metrics`, str(flat(path))) },
  duration: column(sql`end_time - start_time`),
  created: column(sql`created`),
  expected: column(sql`nullIf(has_expected, 0)`),
} as const satisfies Record<string, FieldSql>

/** Fields of a span that a trace shows otherwise. */
export const OWN_COLUMNS = {
  model: text(sql`model`),
  error: text(sql`error`),
  tokens: column(SPAN_TOKENS),
  is_root: column(sql`is_root`),
} as const satisfies Record<string, FieldSql>
