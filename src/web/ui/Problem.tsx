import { ApiError } from '../api.ts'
import { Button } from './Button.tsx'
import css from './Problem.module.css'
import { visible } from './visible.ts'

interface Props {
  /** What could not be done, as the start of a sentence: "The traces could not be loaded". */
  what: string
  error: Error
  onRetry?: (() => void) | undefined
}

/** A failure in the place of what should be there, with what an operator needs to find it in the log. */
export function Problem({ what, error, onRetry }: Props) {
  const requestId = error instanceof ApiError ? error.requestId : null
  return (
    <div className={css.problem} role="alert">
      <p>
        <strong>{what}.</strong> {visible(error.message)}
      </p>
      {requestId && (
        <p className={css.request}>
          Request <code>{visible(requestId)}</code>
        </p>
      )}
      {onRetry && <Button onClick={onRetry}>Try again</Button>}
    </div>
  )
}
