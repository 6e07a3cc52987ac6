import { CURRENT_SPANS } from '../current-spans.ts'
import { join, type Sql, sql, str } from '../sql.ts'
import { type FieldSql, type FieldTable, flat } from './field-sql.ts'
import type { Scope } from './scope.ts'
import { hasWords } from './word-rows.ts'

const column = (value: Sql): FieldSql => ({ kind: 'column', value: () => value })
const text = (name: Sql): FieldSql => column(sql`nullIf(${name}, '')`)

/** What is known of an event by the span that it is about, once that has arrived. */
const ofSpan = (value: Sql, absent?: string): FieldSql => ({
  kind: 'rows',
  key: sql`target`,
  rows: (_, scope: Scope) => sql`SELECT id AS key, ${value} AS value FROM ${CURRENT_SPANS}
    WHERE ${scope.spans} AND id IN (SELECT target FROM feedback WHERE ${scope.feedback})`,
  ...(absent === undefined ? {} : { absent }),
})

/** A leaf of the metadata as text, or NULL: of an object or a list there is none. */
function leaf(path: readonly string[]): Sql {
  const place = join([sql`metadata`, ...path.map(str)], ', ')
  return sql`multiIf(
    JSONType(${place}) = 'String', JSONExtractString(${place}),
    JSONType(${place}) IN ('Int64', 'UInt64', 'Double', 'Bool'), JSONExtractRaw(${place}),
    NULL)`
}

/** How each field of a feedback event is read. */
export const FEEDBACK_FIELDS: FieldTable<'feedback'> = {
  feedback_id: column(sql`feedback_id`),
  id: column(sql`target`),
  trace_id: ofSpan(sql`trace_id`),
  status: ofSpan(sql`'attached'`, 'pending'),
  user: text(sql`user`),
  source: column(sql`toString(source)`),
  scores: {
    kind: 'column',
    value: (path) => {
      const name = str(flat(path))
      return sql`if(mapContains(scores, ${name}), scores[${name}], NULL)`
    },
  },
  comment: text(sql`comment`),
  expected: text(sql`expected`),
  replaces: text(sql`replaces`),
  reply_to: text(sql`reply_to`),
  tags: column(sql`tags`),
  metadata: { kind: 'column', value: leaf },
  created: column(sql`judged_at`),
  text: {
    kind: 'words',
    // Events on several spans may have one id.
    key: sql`(target, feedback_id)`,
    ids: (wanted, scope) =>
      sql`SELECT target, feedback_id FROM feedback FINAL
        WHERE ${scope.feedback} AND ${wanted ? hasWords(sql`comment`, wanted) : sql`comment != ''`}`,
    rows: (ids) => ids,
  },
}
