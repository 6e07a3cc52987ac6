import { CURRENT_SPANS } from '../current-spans.ts'
import { type Sql, sql } from '../sql.ts'
import { feedbackOf, rowsBy } from './feedback-of.ts'
import type { FieldSql, FieldTable } from './field-sql.ts'
import { scoresBy } from './judged.ts'
import { SPAN_COLUMNS, SPAN_TOKENS } from './span-columns.ts'
import { anyWords, inputWords, outputWords, type Words } from './word-rows.ts'

/** What a trace shows as its error and model: of its root or, without one, of the first or newest span. */
export const TRACE_ERROR = sql`argMinIf(error, (NOT is_root, created, id), error != '')`
export const TRACE_MODEL = sql`argMaxIf(model, (is_root, created, id), model != '')`

const key = sql`trace_id`

/** One value of all spans of a trace; `which` is a condition on spans that have a say in it. */
const total = (value: Sql, which: Sql) =>
  rowsBy(
    key,
    (scope) => sql`SELECT trace_id AS key, ${value} AS value FROM ${CURRENT_SPANS}
      WHERE ${scope.spans} AND ${which} GROUP BY trace_id`,
  )

/** Of any one span. */
const search = (ids: Words): FieldSql => ({
  kind: 'words',
  key,
  ids,
  // What a deleted span said is deleted too, so that where ids tell their trace, spans are not read.
  rows: (found, scope) =>
    scope.isTold
      ? sql`SELECT substring(id, 1, 32) FROM (${found})`
      : sql`SELECT trace_id FROM ${CURRENT_SPANS} WHERE ${scope.spans} AND id IN (${found})`,
})

/** How each field of a trace is read: a row is its root span. */
export const TRACE_FIELDS: FieldTable<'traces'> = {
  ...SPAN_COLUMNS,
  ...feedbackOf(key),
  model: total(TRACE_MODEL, sql`model != ''`),
  error: total(TRACE_ERROR, sql`error != ''`),
  tokens: total(sql`sum(${SPAN_TOKENS})`, sql`isNotNull(${SPAN_TOKENS})`),
  span_count: total(sql`count()`, sql`1`),
  input: search(inputWords),
  output: search(outputWords),
  text: search(anyWords),
  scores: scoresBy(key),
  own_scores: scoresBy(sql`id`),
}
