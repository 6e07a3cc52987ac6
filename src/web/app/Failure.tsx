import type { ErrorComponentProps } from '@tanstack/react-router'
import { Problem } from '../ui/Problem.tsx'

/** The error boundary: a bug of the page itself, or a failure nobody nearer could show. */
export function Failure({ error: thrown, reset }: ErrorComponentProps) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  return (
    <main>
      <title>Error · Heed</title>
      <Problem what="This page failed" error={error} onRetry={reset} />
    </main>
  )
}
