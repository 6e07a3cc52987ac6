import { CURRENT_SPANS } from '../current-spans.ts'
import { type Sql, sql } from '../sql.ts'
import { attached } from './event-rows.ts'
import type { Scope } from './scope.ts'

/**
 * The comments that stand: rows (id, trace_id, text). The rule of comments.ts in the engine's words:
 * the events of a trace in order, what each edit leads back to, and of each comment its last edit.
 */
export const standingComments = (scope: Scope): Sql => sql`
  SELECT trace_id, id, text FROM (
    SELECT trace_id, entry.1 AS id, entry.2 AS text
    FROM (
      SELECT trace_id,
        arraySort(groupArray((ordered_at, feedback_id, id, comment, replaces))) AS events,
        events.2 AS ids, events.4 AS texts, events.5 AS named,
        arrayMap(name -> indexOf(ids, name), named) AS up,
        arrayMap((name, first) -> if(name = '', 0,
          arrayFold((at, step) -> if(at = 0 OR up[at] = 0, at, up[at]), ids, first)), named, up
        ) AS edits,
        arrayFilter(i -> named[i] = '' AND texts[i] != '', arrayEnumerate(ids)) AS comments,
        arrayMap(i -> arrayLastIndex(first -> first = i, edits), comments) AS last,
        arrayMap((i, edit) -> (events[i].3, texts[if(edit = 0, i, edit)]), comments, last) AS standing
      FROM (${attached(scope, sql`comment != '' OR replaces != ''`)})
      GROUP BY trace_id
    )
    ARRAY JOIN standing AS entry
    UNION ALL
    SELECT trace_id, id, comment AS text
    FROM ${CURRENT_SPANS} WHERE ${scope.spans} AND comment != ''
  )
  WHERE text != ''`
