import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api } from '../api.ts'

const PAGE_SIZE = 20
const CASES_PAGE_SIZE = 50

/** How often an open page asks again, in milliseconds: an experiment grows while it runs. */
const AGAIN_MS = 4000

export const experimentsQuery = (project: string) =>
  infiniteQueryOptions({
    queryKey: ['experiments', project],
    queryFn: ({ pageParam, signal }) =>
      api.experiments({ project_name: project, limit: PAGE_SIZE, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.cursor,
    refetchInterval: AGAIN_MS,
  })

/** Null: there is none of that name. */
export const experimentQuery = (project: string, name: string) =>
  queryOptions({
    queryKey: ['experiment', project, name],
    queryFn: async ({ signal }) => {
      const page = await api.experiments({ project_name: project, name, limit: 1 }, signal)
      return page.experiments[0] ?? null
    },
    refetchInterval: AGAIN_MS,
  })

export const casesQuery = (experimentId: string) =>
  infiniteQueryOptions({
    queryKey: ['cases', experimentId],
    queryFn: ({ pageParam, signal }) =>
      api.experimentCases(experimentId, { limit: CASES_PAGE_SIZE, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.cursor,
    refetchInterval: AGAIN_MS,
  })

/** Where a link by id leads. Null: there is none. */
export const experimentByIdQuery = (id: string) =>
  queryOptions({
    queryKey: ['experiment-by-id', id],
    queryFn: ({ signal }) => api.experiment(id, signal),
  })
