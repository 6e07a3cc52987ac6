import { CURRENT_SPANS } from '../current-spans.ts'
import { type Sql, sql } from '../sql.ts'
import type { Scope } from './scope.ts'

/** Feedback whose span has arrived, with that span's trace; `which` is a condition on feedback. */
export const attached = (scope: Scope, which: Sql): Sql => sql`
  SELECT event.target AS id, span.trace_id AS trace_id, ordered_at, feedback_id, user, source,
    expected, comment, replaces, tags
  FROM (SELECT * FROM feedback FINAL WHERE ${scope.feedback} AND (${which})) AS event
  INNER JOIN (
    SELECT id, trace_id FROM ${CURRENT_SPANS}
    WHERE ${scope.spans} AND id IN (
      SELECT target FROM feedback WHERE ${scope.feedback} AND (${which}))
  ) AS span ON event.target = span.id`
