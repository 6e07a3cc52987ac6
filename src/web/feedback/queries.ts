import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { Change } from '../../wire/live.ts'
import { api } from '../api.ts'
import { type Container, refOf } from '../traces/queries.ts'

const PAGE_SIZE = 50

export const feedbackQuery = (project: string, status: 'pending' | undefined) =>
  infiniteQueryOptions({
    queryKey: ['feedback', project, status ?? 'all'],
    queryFn: ({ pageParam, signal }) =>
      api.feedback({ project_name: project, limit: PAGE_SIZE, cursor: pageParam, status }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.cursor,
  })

/** What was said about one row, whether or not it has arrived. */
export const targetFeedbackQuery = (container: Container, rowId: string) =>
  queryOptions({
    queryKey: ['target-feedback', container, rowId],
    queryFn: ({ signal }) =>
      api.feedback({ ...refOf(container), id: rowId, limit: PAGE_SIZE }, signal),
  })

/** New spans matter to what waits for them; a span that is deleted makes what was said about it wait. */
export const feedbackGapMs = (hasPending: boolean) => (change: Change) => {
  if (change.feedback.length > 0) return 200
  if (change.traces.length === 0) return null
  return hasPending ? 700 : 2000
}
