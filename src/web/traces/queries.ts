import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { Change } from '../../wire/live.ts'
import { api } from '../api.ts'

const PAGE_SIZE = 50

export const tracesQuery = (project: string, filter?: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['traces', project, filter ?? ''],
    queryFn: ({ pageParam, signal }) =>
      api.traces({ project_name: project, filter, limit: PAGE_SIZE, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.cursor,
  })

export const projectScoresQuery = (project: string) =>
  queryOptions({
    queryKey: ['scores', project],
    queryFn: ({ signal }) => api.scores({ project_name: project }, signal),
  })

/** Null: no such trace has arrived yet. */
export const traceQuery = (project: string, traceId: string) =>
  queryOptions({
    queryKey: ['trace', project, traceId],
    queryFn: ({ signal }) => api.trace(traceId, { project_name: project }, signal),
  })

/** Null: no such span has arrived yet. */
export const spanQuery = (project: string, id: string) =>
  queryOptions({
    queryKey: ['span', project, id],
    queryFn: ({ signal }) => api.span(id, { project_name: project }, signal),
  })

/** Over all traces, so it costs more than a page of them. */
export const projectGapMs = (change: Change): number => (change.feedback.length > 0 ? 700 : 2000)

/** A vote must be seen soon even while it pours; new spans alone may wait a little. */
export const listGapMs = (change: Change): number => (change.feedback.length > 0 ? 200 : 700)

export const traceGapMs = (traceId: string) => (change: Change) =>
  change.traces.includes(traceId) ? 100 : null

export const payloadGapMs = (traceId: string) => (change: Change) =>
  change.traces.includes(traceId) ? 700 : null
