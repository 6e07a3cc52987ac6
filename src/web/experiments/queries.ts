import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { Change } from '../../wire/live.ts'
import { api } from '../api.ts'

const PAGE_SIZE = 20
const CASES_PAGE_SIZE = 50

export const experimentsQuery = (project: string) =>
  infiniteQueryOptions({
    queryKey: ['experiments', project],
    queryFn: ({ pageParam, signal }) =>
      api.experiments({ project_name: project, limit: PAGE_SIZE, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.cursor,
  })

/** Null: there is none of that name. */
export const experimentQuery = (project: string, name: string) =>
  queryOptions({
    queryKey: ['experiment', project, name],
    queryFn: async ({ signal }) => {
      const page = await api.experiments({ project_name: project, name, limit: 1 }, signal)
      return page.experiments[0] ?? null
    },
  })

export const casesQuery = (experimentId: string) =>
  infiniteQueryOptions({
    queryKey: ['cases', experimentId],
    queryFn: ({ pageParam, signal }) =>
      api.experimentCases(experimentId, { limit: CASES_PAGE_SIZE, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.cursor,
  })

/** An experiment is compared as a whole, which costs more than a page of rows. */
const GAP_MS = 2000

export const experimentsGapMs = ({ experiments }: Change) =>
  experiments.length > 0 ? GAP_MS : null

/** It is shown beside its base, so what happens there changes it too. Until it is there, any may be the one. */
export const experimentGapMs =
  (id: string | undefined, baseId: string | undefined) => (change: Change) =>
    id === undefined || change.experiments.some((one) => one === id || one === baseId)
      ? experimentsGapMs(change)
      : null

/** Where a link by id leads. Null: there is none. */
export const experimentByIdQuery = (id: string) =>
  queryOptions({
    queryKey: ['experiment-by-id', id],
    queryFn: ({ signal }) => api.experiment(id, signal),
  })
