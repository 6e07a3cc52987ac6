import { useSuspenseQuery } from '@tanstack/react-query'
import { Navigate } from '@tanstack/react-router'
import { sessionQuery } from './session.ts'

/** `/` and `/app`: to the organisation of whoever is signed in, which Root has just asked for. */
export function Home() {
  const { org } = useSuspenseQuery(sessionQuery).data
  return <Navigate to="/app/$org" params={{ org }} replace />
}
