import { QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiError } from './api.ts'
import { sessionQuery } from './app/session.ts'

const RETRIES_MAX = 2

/** A refusal stays a refusal; a server that is starting or overloaded answers a little later. */
function shouldRetry(failures: number, error: Error): boolean {
  const isPassing = error instanceof ApiError && (error.status === 0 || error.status >= 500)
  return isPassing && failures < RETRIES_MAX
}

export function makeQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      // A session that ended shows in whatever was asked next: the root then asks for the session.
      onError: (error, query) => {
        const isSession = query.queryKey[0] === sessionQuery.queryKey[0]
        if (error instanceof ApiError && error.status === 401 && !isSession) {
          void client.invalidateQueries({ queryKey: sessionQuery.queryKey })
        }
      },
    }),
    defaultOptions: {
      queries: {
        retry: shouldRetry,
        retryDelay: (n) => 300 * 2 ** n,
        staleTime: 500,
      },
    },
  })
  return client
}
