import { cx } from '../ui/cx.ts'
import { useLiveStatus } from '../use-live.ts'
import css from './LiveMark.module.css'

const WORDS = { connecting: 'Connecting…', live: 'Live', reconnecting: 'Reconnecting…' }

/** Whether what is on the page follows the server. */
export function LiveMark({ project }: { project: string | null }) {
  const status = useLiveStatus(project)
  return (
    <span className={cx(css.mark, css[status])} role="status" data-live={status}>
      <span className={css.word}>{WORDS[status]}</span>
    </span>
  )
}
