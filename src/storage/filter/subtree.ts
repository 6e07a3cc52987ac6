import { CURRENT_SPANS } from '../current-spans.ts'
import { type Sql, sql } from '../sql.ts'
import { judged, mean } from './judged.ts'
import type { Scope } from './scope.ts'

/**
 * Averages of the subtree of each span, by row id: what the detail view shows, worked out by the
 * engine. Only traces with a judgement under the name are read. Their spans are put in the order of
 * tree.ts, each finds the place of its parent in that order, and from each judged span its sum is
 * added to all spans above; no way up is longer than there are parents. The rules of tree.ts: a row
 * without parents hangs from another with its span id, a missing parent is the root, and from a circle of
 * parents everything hangs from the root.
 *
 * What a trace takes in memory grows with the square of its spans, so few traces at a time are worked
 * on: the engine hands on the groups of a two-level aggregation in 256 parts. `sumMap` leaves out what
 * is zero, so each place is counted once more, and its sum stands where its id does.
 */
export const subtreeMeans = (name: string, scope: Scope): Sql => sql`
  SELECT above AS key, ${mean(sql`units`, sql`n - 1`)} AS value
  FROM (
    SELECT ids,
      arrayFilter((place, s) -> s.2 > 0, arrayEnumerate(ids), sums) AS judged_places,
      arrayFilter(s -> s.2 > 0, sums) AS judged_sums,
      arrayMap(place -> arrayFold(
        (chain, step) -> if(up[chain[-1]] = 0, chain, arrayPushBack(chain, up[chain[-1]])),
        steps, [toUInt32(place)]
      ), judged_places) AS climbed,
      arrayMap((chain, place) -> if(chain[-1] = root, chain, [toUInt32(place), toUInt32(root)]),
        climbed, judged_places) AS chains,
      arrayReduce('sumMap',
        [arrayConcat(arrayFlatten(chains), arrayMap(place -> toUInt32(place), arrayEnumerate(ids)))],
        [arrayConcat(arrayFlatten(arrayMap(
          (chain, s) -> arrayMap(at -> s.1, chain), chains, judged_sums)),
          arrayMap(place -> toInt128(0), ids))],
        [arrayConcat(arrayFlatten(arrayMap(
          (chain, s) -> arrayMap(at -> toUInt64(s.2), chain), chains, judged_sums)),
          arrayMap(place -> toUInt64(1), ids))]
      ) AS totals
    FROM (
      SELECT ids, sums, root, arrayDistinct(up) AS steps,
        arrayMap((place, names, own) -> toUInt32(if(place = root, 0, arrayFirst(
          p -> p != 0 AND p != place,
          arrayPushBack(
            arrayMap(s -> if(s = '', 0, indexOf(span_ids, s)), if(empty(names), [own], names)),
            root
          )
        ))), arrayEnumerate(ids), parents, span_ids) AS up
      FROM (
        SELECT
          arraySort(node -> (node.1, node.2, node.3), groupArray(
            (ifNull(start_time, inf), exec_counter, id, span_id, span_parents, is_root, (units, n))
          )) AS nodes,
          nodes.3 AS ids, nodes.4 AS span_ids, nodes.5 AS parents, nodes.7 AS sums,
          greatest(indexOf(nodes.6, 1), 1) AS root
        FROM (
          SELECT trace_id, start_time, exec_counter, id, span_id, span_parents, is_root
          FROM ${CURRENT_SPANS}
          WHERE ${scope.spans} AND trace_id IN (SELECT trace_id FROM (${judged([name], scope)}))
        ) AS span
        LEFT JOIN (SELECT id, units, n FROM (${judged([name], scope)})) AS judged USING (id)
        GROUP BY trace_id
        SETTINGS group_by_two_level_threshold = 1, group_by_two_level_threshold_bytes = 1
      )
    )
  )
  ARRAY JOIN ids AS above, totals.2 AS units, totals.3 AS n
  WHERE n > 1`
