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

/** Where the rows of a trace lie: in the logs of a project, or in one of its experiments. */
export interface Container {
  readonly project: string
  /** Null: the logs. */
  readonly experimentId: string | null
}

/** How a container is named in keys of queries, and to the server. */
const keyOf = ({ project, experimentId }: Container) => [project, experimentId]
export const refOf = ({ project, experimentId }: Container) =>
  experimentId === null ? { project_name: project } : { experiment_id: experimentId }

export const openedTracesKey = (container: Container) => ['trace', ...keyOf(container)]

/** Null: no such trace has arrived yet. */
export const traceQuery = (container: Container, traceId: string) =>
  queryOptions({
    queryKey: [...openedTracesKey(container), traceId],
    queryFn: ({ signal }) => api.trace(traceId, refOf(container), signal),
  })

/** Null: no such span has arrived yet. */
export const spanQuery = (container: Container, id: string) =>
  queryOptions({
    queryKey: ['span', ...keyOf(container), id],
    queryFn: ({ signal }) => api.span(id, refOf(container), signal),
  })

/** Over all traces, so it costs more than a page of them. */
export const projectGapMs = (change: Change): number => (change.feedback.length > 0 ? 700 : 2000)

/** A vote must be seen soon even while it pours; new spans alone may wait a little. */
export const listGapMs = (change: Change): number => (change.feedback.length > 0 ? 200 : 700)

/** Of an experiment it is told that it changed, and not in which traces. */
const concerns = ({ experimentId }: Container, traceId: string, change: Change) =>
  experimentId === null
    ? change.traces.includes(traceId)
    : change.experiments.includes(experimentId)

export const traceGapMs = (container: Container, traceId: string) => (change: Change) =>
  concerns(container, traceId, change) ? 100 : null

export const payloadGapMs = (container: Container, traceId: string) => (change: Change) =>
  concerns(container, traceId, change) ? 700 : null
