import { type Sql, sql } from '../sql.ts'
import { standingComments } from './comment-rows.ts'
import { attached } from './event-rows.ts'
import type { FieldSql } from './field-sql.ts'
import type { Scope } from './scope.ts'

const IS_CORRECTION = sql`expected != ''`

/** A field that is read from elsewhere, and takes no name after its own. */
export const rowsBy = (key: Sql, read: (scope: Scope) => Sql, absent?: number): FieldSql => ({
  kind: 'rows',
  key,
  rows: (_, scope) => read(scope),
  ...(absent === undefined ? {} : { absent }),
})

/** What people said: of the span itself where `key` is its id, of all spans where it is the trace's. */
export function feedbackOf(key: Sql) {
  const events = (value: Sql, which: Sql) =>
    rowsBy(
      key,
      (scope) =>
        sql`SELECT DISTINCT ${key} AS key, ${value} AS value FROM (${attached(scope, which)})`,
    )
  const counted = (rows: (scope: Scope) => Sql) =>
    rowsBy(
      key,
      (scope) => sql`SELECT ${key} AS key, count() AS value FROM (${rows(scope)}) GROUP BY ${key}`,
      0,
    )
  return {
    feedback: events(sql`1`, sql`1`),
    feedback_count: counted((scope) => attached(scope, sql`1`)),
    'feedback.user': events(sql`user`, sql`user != ''`),
    'feedback.source': events(sql`toString(source)`, sql`1`),
    'feedback.tags': events(sql`arrayJoin(tags)`, sql`notEmpty(tags)`),
    comment: rowsBy(
      key,
      (scope) =>
        sql`SELECT DISTINCT ${key} AS key, text AS value FROM (${standingComments(scope)})`,
    ),
    comment_count: counted(standingComments),
    correction: events(sql`1`, IS_CORRECTION),
    correction_count: counted((scope) => attached(scope, IS_CORRECTION)),
  } as const
}
