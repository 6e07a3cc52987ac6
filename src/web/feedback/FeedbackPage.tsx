import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { EmptyState } from '../ui/EmptyState.tsx'
import { LoadMore } from '../ui/LoadMore.tsx'
import { Problem } from '../ui/Problem.tsx'
import { Segmented } from '../ui/Segmented.tsx'
import { Spinner } from '../ui/Spinner.tsx'
import { visible } from '../ui/visible.ts'
import { useLive } from '../use-live.ts'
import { eventKey } from './event-key.ts'
import { FeedbackEntry } from './FeedbackEntry.tsx'
import css from './FeedbackPage.module.css'
import { feedbackGapMs, feedbackQuery } from './queries.ts'

const route = getRouteApi('/app/$org/p/$project/feedback')

const FILTERS = [
  { value: 'all', label: 'All' },
  { value: 'pending', label: 'Pending' },
] as const

export function FeedbackPage() {
  const { project } = route.useParams()
  const { status } = route.useSearch()
  const navigate = useNavigate({ from: '/app/$org/p/$project/feedback' })
  return (
    <main className={css.page}>
      <title>{`Feedback · ${visible(project)} · Heed`}</title>
      <header className={css.head}>
        <h1 className={css.title}>Feedback</h1>
        <Segmented
          label="Which feedback"
          options={FILTERS}
          value={status ?? 'all'}
          onChange={(value) =>
            void navigate({ search: { status: value === 'pending' ? value : undefined } })
          }
        />
      </header>
      <Stream project={project} status={status} />
    </main>
  )
}

function Stream({ project, status }: { project: string; status: 'pending' | undefined }) {
  const query = feedbackQuery(project, status)
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } =
    useInfiniteQuery(query)
  const feedback = useMemo(() => data?.pages.flatMap((page) => page.feedback), [data])
  const hasPending = feedback?.some((one) => one.status === 'pending') ?? false
  useLive(project, query.queryKey, feedbackGapMs(hasPending))

  if (!feedback && error) {
    const retry = () => void refetch()
    return <Problem what="The feedback could not be loaded" error={error} onRetry={retry} />
  }
  if (!feedback) return <Spinner label="Loading feedback…" />
  if (feedback.length === 0) {
    return status === 'pending' ? (
      <EmptyState title="Nothing is pending">
        <p>All feedback has found its span.</p>
      </EmptyState>
    ) : (
      <EmptyState title="No feedback yet">
        <p>What people think appears here the moment they say it.</p>
      </EmptyState>
    )
  }
  return (
    <>
      <ul className={css.list} aria-label="Feedback, newest first">
        {feedback.map((one) => (
          <FeedbackEntry key={eventKey(one)} feedback={one} />
        ))}
      </ul>
      {hasNextPage && (
        <LoadMore isLoading={isFetchingNextPage} onLoad={() => void fetchNextPage()} />
      )}
    </>
  )
}
