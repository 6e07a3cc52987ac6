import { useQuery } from '@tanstack/react-query'
import { FeedbackEntry } from '../feedback/FeedbackEntry.tsx'
import { targetFeedbackQuery } from '../feedback/queries.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { visible } from '../ui/visible.ts'
import { useLive } from '../use-live.ts'
import css from './NotArrived.module.css'
import type { Container } from './queries.ts'

/** A link may be opened before the span it names is here; what people said about it may be already. */
export function NotArrived({ container, rowId }: { container: Container; rowId: string }) {
  const query = targetFeedbackQuery(container, rowId)
  const { data } = useQuery(query)
  const { project, experimentId } = container
  useLive(project, query.queryKey, ({ feedback, experiments }) =>
    (experimentId === null ? feedback.length > 0 : experiments.includes(experimentId)) ? 300 : null,
  )
  const waiting = data?.feedback ?? []
  return (
    <EmptyState title="Not arrived yet">
      <p>
        No span with the id <code className={css.id}>{visible(rowId)}</code> is in this{' '}
        {experimentId === null ? 'project' : 'experiment'}. This page fills itself in as soon as it
        arrives.
      </p>
      {waiting.length > 0 && (
        <>
          <h3 className={css.heading}>Feedback that waits for it</h3>
          <ul className={css.list}>
            {waiting.map((feedback) => (
              <FeedbackEntry key={feedback.feedback_id} feedback={feedback} />
            ))}
          </ul>
        </>
      )}
    </EmptyState>
  )
}
