import {
  type InfiniteData,
  type QueryClient,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import type { Trace, TracePage } from '../../wire/traces.ts'
import { useLive } from '../use-live.ts'
import { type Container, openedTracesKey, spanQuery } from './queries.ts'
import { isTraceId, traceIdOf } from './row-id.ts'

/** The trace a row belongs to: undefined while asking, null while the row has not arrived. */
export function useTraceId(container: Container, rowId: string) {
  const client = useQueryClient()
  const known =
    traceIdOf(rowId) ?? (isTraceId(rowId) ? rowId : findTraceId(client, container, rowId))
  const query = spanQuery(container, rowId)
  const { data, error } = useQuery({ ...query, enabled: known === null })
  // An opaque id does not tell which change brings it, so any may.
  useLive(container.project, query.queryKey, () => (known === null && data === null ? 300 : null))
  if (known !== null) return { traceId: known, error: null }
  return {
    traceId: data === null ? null : data?.trace_id,
    error: data === undefined ? error : null,
  }
}

/** Going from span to span inside an open trace, or opening a row of the list, needs no question. */
function findTraceId(client: QueryClient, container: Container, rowId: string): string | null {
  if (container.experimentId === null) {
    const queryKey = ['traces', container.project]
    const lists = client.getQueriesData<InfiniteData<TracePage>>({ queryKey })
    const rows = lists.flatMap(([, list]) => list?.pages.flatMap((page) => page.traces) ?? [])
    const row = rows.find(({ id }) => id === rowId)
    if (row) return row.trace_id
  }
  const opened = client.getQueriesData<Trace | null>({ queryKey: openedTracesKey(container) })
  const trace = opened.find(([, one]) => one?.spans.some(({ id }) => id === rowId))?.[1]
  return trace?.trace_id ?? null
}
