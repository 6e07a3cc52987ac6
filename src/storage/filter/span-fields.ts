import { sql } from '../sql.ts'
import { feedbackOf } from './feedback-of.ts'
import { type FieldSql, type FieldTable, flat } from './field-sql.ts'
import { scoresBy } from './judged.ts'
import { OWN_COLUMNS, SPAN_COLUMNS } from './span-columns.ts'
import { subtreeMeans } from './subtree.ts'
import { anyWords, inputWords, outputWords, type Words } from './word-rows.ts'

const key = sql`id`

const search = (ids: Words): FieldSql => ({ kind: 'words', key, ids, rows: (found) => found })

/** How each field of a span is read. */
export const SPAN_FIELDS: FieldTable<'spans'> = {
  ...SPAN_COLUMNS,
  ...OWN_COLUMNS,
  ...feedbackOf(key),
  input: search(inputWords),
  output: search(outputWords),
  text: search(anyWords),
  scores: { kind: 'rows', key, rows: (path, scope) => subtreeMeans(flat(path), scope) },
  own_scores: scoresBy(key),
}
