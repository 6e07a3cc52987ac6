import { type Sql, sql } from '../sql.ts'
import { judged, mean } from './judged.ts'
import type { Scope } from './scope.ts'

/**
 * Averages of the subtree of each span, by row id: what the detail view shows, worked out by the
 * engine. Only traces with a judgement under the name are read. Their spans are put in the order of
 * tree.ts, each finds the place of its parent in that order, and from each judged span its sum is
 * added to all spans above. The rules of tree.ts: a row with the span id of another hangs from that, a
 * missing parent is the root, and from a circle of parents everything hangs from the root.
 */
export const subtreeMeans = (name: string, scope: Scope): Sql => sql`
  SELECT above AS key, ${mean(sql`sum(units)`, sql`sum(n)`)} AS value
  FROM (
    SELECT
      sums[place].1 AS units, sums[place].2 AS n,
      arrayFold(
        (chain, step) -> if(up[chain[-1]] = 0, chain, arrayPushBack(chain, up[chain[-1]])),
        ids, [toUInt64(place)]
      ) AS climbed,
      if(climbed[-1] = root, climbed, [toUInt64(place), root]) AS chain,
      arrayJoin(arrayMap(at -> ids[at], chain)) AS above
    FROM (
      SELECT ids, sums, root,
        arrayMap((place, names, own) -> if(place = root, 0, arrayFirst(
          p -> p != 0 AND p != place,
          arrayPushBack(
            arrayMap(s -> if(s = '', 0, indexOf(span_ids, s)), arrayPushBack(names, own)), root
          )
        )), arrayEnumerate(ids), parents, span_ids) AS up
      FROM (
        SELECT
          arraySort(node -> (node.1, node.2, node.3), groupArray(
            (ifNull(start_time, inf), exec_counter, id, span_id, span_parents, is_root, (units, n))
          )) AS nodes,
          nodes.3 AS ids, nodes.4 AS span_ids, nodes.5 AS parents, nodes.7 AS sums,
          greatest(indexOf(nodes.6, 1), 1) AS root
        FROM (
          SELECT trace_id, start_time, exec_counter, id, span_id, span_parents, is_root
          FROM spans FINAL
          WHERE ${scope.spans} AND trace_id IN (SELECT trace_id FROM (${judged([name], scope)}))
        ) AS span
        LEFT JOIN (SELECT id, units, n FROM (${judged([name], scope)})) AS judged USING (id)
        GROUP BY trace_id
      )
    )
    ARRAY JOIN arrayFilter(i -> sums[i].2 > 0, arrayEnumerate(ids)) AS place
  )
  GROUP BY above`
