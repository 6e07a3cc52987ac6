import {
  type InfiniteData,
  type QueryClient,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { useEffect } from 'react'
import type { Span, Trace, TracePage } from '../../wire/traces.ts'
import { useLive } from '../use-live.ts'
import { type Container, openedTracesKey, spanQuery, traceQuery } from './queries.ts'
import { isTraceId, traceIdOf } from './row-id.ts'

export interface FoundTrace {
  /** Undefined while asking, null while the row has not arrived. */
  traceId: string | null | undefined
  error: Error | null
}

/**
 * The trace that a row belongs to, or that an id names. An id of Heed tells it; for any other one the server
 * is asked, as the page of the span does anyway, and until it answers goes what the lists know.
 */
export function useTraceId(container: Container, rowId: string | undefined): FoundTrace {
  const client = useQueryClient()
  const told = rowId === undefined ? null : traceIdOf(rowId)
  const isOpaque = rowId !== undefined && told === null
  const query = spanQuery(container, rowId ?? '')
  const asked = useQuery({ ...query, enabled: isOpaque, select: traceIdOfSpan })
  const isNoRow = isOpaque && asked.data === null
  const traceId =
    told ??
    asked.data ??
    (isOpaque ? findTraceId(client, container, rowId) : null) ??
    (isNoRow && isTraceId(rowId) ? rowId : asked.data)

  const { data: isIn } = useQuery({
    ...traceQuery(container, traceId ?? ''),
    enabled: false, // whoever shows the trace asks for it
    select: (trace) => trace !== null && isNamedIn(trace, rowId ?? ''),
  })
  // A row is alone in a trace until it says in which it is: then it is asked again.
  const { refetch } = asked
  const isGone = isOpaque && isIn === false
  useEffect(() => {
    if (isGone) void refetch()
  }, [isGone, refetch])
  // An opaque id does not tell which change brings it, so any may.
  useLive(container.project, query.queryKey, () => (isNoRow && isIn !== true ? 300 : null))
  return { traceId, error: traceId === undefined ? asked.error : null }
}

const traceIdOfSpan = (span: Span | null) => span?.trace_id ?? null

/** Whether an id is that of a span of a trace, or of the trace itself. */
const isNamedIn = (trace: Trace, id: string) =>
  trace.spans.some((span) => span.id === id) || (trace.trace_id === id && isTraceId(id))

/** Going from span to span inside an open trace, or opening a row of the list, need not wait for an answer. */
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
