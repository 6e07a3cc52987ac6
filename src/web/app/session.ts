import { queryOptions } from '@tanstack/react-query'
import { api } from '../api.ts'

/** Who is signed in; fails with 401 if nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => api.session(signal),
  staleTime: Number.POSITIVE_INFINITY,
})
