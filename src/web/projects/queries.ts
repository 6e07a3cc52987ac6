import { queryOptions } from '@tanstack/react-query'
import type { Change } from '../../wire/live.ts'
import { api } from '../api.ts'

export const projectsQuery = queryOptions({
  queryKey: ['projects'],
  queryFn: ({ signal }) => api.projects(signal),
})

/** Every write moves a count; people hardly see it faster than this. */
export const projectsGapMs = (change: Change): number => (change.feedback.length > 0 ? 300 : 1000)
