import { Link } from '@tanstack/react-router'
import { EmptyState } from '../ui/EmptyState.tsx'
import css from './NotFound.module.css'

export function NotFound() {
  return (
    <main>
      <title>Not found · Heed</title>
      <EmptyState title="There is no such page">
        <p>
          The address may be mistyped, or from a version of Heed that has more pages than this one.
        </p>
        <p>
          <Link to="/" className={css.link}>
            All projects
          </Link>
        </p>
      </EmptyState>
    </main>
  )
}
