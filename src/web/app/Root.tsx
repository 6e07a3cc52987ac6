import { useQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { ApiError } from '../api.ts'
import { Problem } from '../ui/Problem.tsx'
import { Spinner } from '../ui/Spinner.tsx'
import { SignIn } from './SignIn.tsx'
import { sessionQuery } from './session.ts'

/** Every page stands behind this door. */
export function Root() {
  const { data, error, refetch } = useQuery(sessionQuery)
  if (error instanceof ApiError && error.status === 401) return <SignIn />
  if (data) return <Outlet />
  if (error) {
    const retry = () => void refetch()
    return <Problem what="Heed could not be reached" error={error} onRetry={retry} />
  }
  return <Spinner label="Opening Heed…" />
}
