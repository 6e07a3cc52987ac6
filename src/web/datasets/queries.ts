import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { Change } from '../../wire/live.ts'
import { api } from '../api.ts'

const PAGE_SIZE = 20
const RECORDS_PAGE_SIZE = 50

export const datasetsQuery = (project: string) =>
  infiniteQueryOptions({
    queryKey: ['datasets', project],
    queryFn: ({ pageParam, signal }) =>
      api.datasets({ project_name: project, limit: PAGE_SIZE, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.cursor,
  })

/** Null: there is none of that name. */
export const datasetQuery = (project: string, name: string) =>
  queryOptions({
    queryKey: ['dataset', project, name],
    queryFn: async ({ signal }) => {
      const page = await api.datasets({ project_name: project, name, limit: 1 }, signal)
      return page.datasets[0] ?? null
    },
  })

/** As of a version, or without one of now. */
export const recordsQuery = (datasetId: string, version: string | undefined) =>
  infiniteQueryOptions({
    // A key travels as JSON, which knows no undefined.
    queryKey: ['records', datasetId, version ?? null],
    queryFn: ({ pageParam, signal }) =>
      api.records(datasetId, { limit: RECORDS_PAGE_SIZE, cursor: pageParam, version }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.cursor,
  })

/** A page is read at a version of its own, for which the server looks at all writes of the dataset. */
const GAP_MS = 2000

export const datasetsGapMs = ({ datasets }: Change) => (datasets.length > 0 ? GAP_MS : null)

/** Until it is there, any may be the one. */
export const datasetGapMs = (id: string | undefined) => (change: Change) =>
  id === undefined || change.datasets.includes(id) ? datasetsGapMs(change) : null

/** What is there as of a version stays as it is. */
export const recordsGapMs = (id: string, version: string | undefined) =>
  version === undefined ? datasetGapMs(id) : () => null

/** Where a link by id leads. Null: there is none. */
export const datasetByIdQuery = (id: string) =>
  queryOptions({
    queryKey: ['dataset-by-id', id],
    queryFn: ({ signal }) => api.dataset(id, signal),
  })
