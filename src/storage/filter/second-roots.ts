import { CURRENT_SPANS } from '../current-spans.ts'
import { type Sql, sql } from '../sql.ts'
import type { Scope } from './scope.ts'

/** The order of spans in a tree (tree.ts): the first one without a parent is the root. */
export const TREE_ORDER = sql`(ifNull(start_time, inf), exec_counter, id)`

/**
 * Row ids of the spans that have no parent and yet are not the root of their trace: it has an earlier
 * one (tree.ts), and a trace is counted once. Nearly always there are none, so the traces that may have
 * one are found first, by one column and without FINAL.
 */
export const secondRoots = (scope: Scope): Sql => sql`
  SELECT arrayJoin(arraySlice(
    arraySort(groupArray(${TREE_ORDER})), 2)).3
  FROM ${CURRENT_SPANS}
  WHERE ${scope.spans} AND is_root AND trace_id IN (
    SELECT trace_id FROM spans WHERE ${scope.spans} AND is_root GROUP BY trace_id HAVING count() > 1)
  GROUP BY trace_id`
