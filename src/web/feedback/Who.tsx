import type { Judgement } from '../../wire/traces.ts'
import { visible } from '../ui/visible.ts'
import css from './Who.module.css'

interface Props {
  user: string | null
  /** Undefined: not told. */
  source: Judgement['source'] | undefined
}

/** Who judged, and from where. */
export function Who({ user, source }: Props) {
  const isProgram = source === 'program'
  return (
    <span className={css.who}>
      {user === null ? (
        <span className={css.nobody}>{isProgram ? 'program' : 'anonymous'}</span>
      ) : (
        <strong className={css.user}>{visible(user)}</strong>
      )}
      {(!isProgram || user !== null) && <span className={css.source}>{source}</span>}
    </span>
  )
}
