import { type Sql, sql } from '../sql.ts'
import { standingComments } from './comment-rows.ts'
import { attached } from './event-rows.ts'
import type { FieldSql, FieldTable } from './field-sql.ts'
import { flat } from './field-sql.ts'
import { ownMeans } from './judged.ts'
import type { Scope } from './scope.ts'
import { OWN_COLUMNS, SPAN_COLUMNS } from './span-columns.ts'
import { subtreeMeans } from './subtree.ts'
import { anyWords, inputWords, outputWords, type Words } from './word-rows.ts'

const id = sql`id`

const rows = (read: (scope: Scope) => Sql, absent?: number): FieldSql => ({
  kind: 'rows',
  key: id,
  rows: (_, scope) => read(scope),
  ...(absent === undefined ? {} : { absent }),
})

/** Values of the feedback on a span. */
const events = (value: Sql, which: Sql) =>
  rows(
    (scope) => sql`SELECT DISTINCT id AS key, ${value} AS value FROM (${attached(scope, which)})`,
  )

const eventCount = (which: Sql) =>
  rows(
    (scope) => sql`SELECT id AS key, count() AS value FROM (${attached(scope, which)}) GROUP BY id`,
    0,
  )

const search = (ids: Words): FieldSql => ({ kind: 'words', key: id, ids, rows: (found) => found })

const IS_CORRECTION = sql`expected != ''`

/** How each field of a span is read. */
export const SPAN_FIELDS: FieldTable<'spans'> = {
  ...SPAN_COLUMNS,
  ...OWN_COLUMNS,
  input: search(inputWords),
  output: search(outputWords),
  text: search(anyWords),
  scores: { kind: 'rows', key: id, rows: (path, scope) => subtreeMeans(flat(path), scope) },
  own_scores: { kind: 'rows', key: id, rows: (path, scope) => ownMeans(flat(path), scope) },
  feedback: events(sql`1`, sql`1`),
  feedback_count: eventCount(sql`1`),
  'feedback.user': events(sql`user`, sql`user != ''`),
  'feedback.source': events(sql`toString(source)`, sql`1`),
  'feedback.tags': events(sql`arrayJoin(tags)`, sql`notEmpty(tags)`),
  comment: rows(
    (scope) => sql`SELECT DISTINCT id AS key, text AS value FROM (${standingComments(scope)})`,
  ),
  comment_count: rows(
    (scope) =>
      sql`SELECT id AS key, count() AS value FROM (${standingComments(scope)}) GROUP BY id`,
    0,
  ),
  correction: events(sql`1`, IS_CORRECTION),
  correction_count: eventCount(IS_CORRECTION),
}
