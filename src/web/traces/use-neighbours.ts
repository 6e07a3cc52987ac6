import { type InfiniteData, useInfiniteQuery } from '@tanstack/react-query'
import type { TracePage } from '../../wire/traces.ts'
import { tracesQuery } from './queries.ts'

export interface Neighbours {
  newer: string | undefined
  older: string | undefined
}

const NONE: Neighbours = { newer: undefined, older: undefined }

/** What stands beside a place in a list, newest first; nothing where the place is not in it. */
export const beside = (list: readonly { readonly id: string }[], at: number): Neighbours =>
  at < 0 ? NONE : { newer: list[at - 1]?.id, older: list[at + 1]?.id }

/** Row ids of the traces before and after the open one, as the list stands. */
export function useNeighbours(
  project: string,
  filter: string | undefined,
  openId: string | undefined,
  openTraceId: string | null | undefined,
): Neighbours {
  const select = ({ pages }: InfiniteData<TracePage>): Neighbours => {
    const traces = pages.flatMap((page) => page.traces)
    const at = traces.findIndex(({ id, trace_id }) => id === openId || trace_id === openTraceId)
    return beside(traces, at)
  }
  const { data } = useInfiniteQuery({ ...tracesQuery(project, filter), select })
  return data ?? NONE
}
