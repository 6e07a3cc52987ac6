import { type InfiniteData, useInfiniteQuery } from '@tanstack/react-query'
import type { TracePage } from '../../wire/traces.ts'
import { tracesQuery } from './queries.ts'
import { traceIdOf } from './row-id.ts'

export interface Neighbours {
  newer: string | undefined
  older: string | undefined
}

/** Row ids of the traces before and after the open one, as the list stands. */
export function useNeighbours(
  project: string,
  filter: string | undefined,
  openId: string | undefined,
): Neighbours {
  const traceId = openId === undefined ? null : (traceIdOf(openId) ?? openId)
  const select = ({ pages }: InfiniteData<TracePage>): Neighbours => {
    const traces = pages.flatMap((page) => page.traces)
    const at = traces.findIndex(({ id, trace_id }) => id === openId || trace_id === traceId)
    if (at < 0) return { newer: undefined, older: undefined }
    return { newer: traces[at - 1]?.id, older: traces[at + 1]?.id }
  }
  const { data } = useInfiniteQuery({ ...tracesQuery(project, filter), select })
  return data ?? { newer: undefined, older: undefined }
}
