import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import type { TraceSummary } from '../../wire/traces.ts'
import { Badge } from '../ui/Badge.tsx'
import { cx } from '../ui/cx.ts'
import { durationMs, formatCount, formatDuration, plural } from '../ui/format.ts'
import { Icon, type IconName } from '../ui/Icon.tsx'
import { Scores } from '../ui/Score.tsx'
import { Time } from '../ui/Time.tsx'
import { visible, visibleName } from '../ui/visible.ts'
import css from './TraceList.module.css'

/** Four fit into two lines; of more, three and how many are left. */
const SCORES_MAX = 4

interface Props {
  trace: TraceSummary
  filter: string | undefined
  isOpen: boolean
  isNew: boolean
}

export const TraceRow = memo(function TraceRow({ trace, filter, isOpen, isNew }: Props) {
  const ms = durationMs(trace.start, trace.end)
  const isRunning = trace.start !== null && trace.end === null
  const shown = trace.scores.length > SCORES_MAX ? SCORES_MAX - 1 : SCORES_MAX
  const hidden = trace.scores.slice(shown)
  return (
    <tr className={cx(css.row, isOpen && css.open, isNew && css.new)} data-trace={trace.trace_id}>
      <td className={css.what}>
        <Link
          from="/app/$org/p/$project/logs"
          to="/app/$org/p/$project/logs"
          search={{ oid: trace.id, filter }}
          resetScroll={false}
          className={css.link}
          data-row={trace.trace_id}
          aria-current={isOpen ? 'true' : undefined}
        >
          {visibleName(trace.name)}
        </Link>
        <p className={css.about}>
          {trace.error !== null && (
            <Badge tone="bad" title={visible(trace.error)}>
              error
            </Badge>
          )}
          {trace.user !== null && <span className={css.user}>{visible(trace.user)}</span>}
          {trace.tags.map((tag) => (
            <Badge key={tag}>{visible(tag)}</Badge>
          ))}
        </p>
      </td>
      <td className={css.words}>
        <p className={css.input}>{visible(trace.input)}</p>
        {trace.output === '' && trace.error !== null ? (
          <p className={css.error}>{visible(trace.error)}</p>
        ) : (
          <p className={css.output}>{visible(trace.output)}</p>
        )}
      </td>
      <td className={css.scores}>
        <div className={css.wrap}>
          <Scores scores={trace.scores.slice(0, shown)} />
          {hidden.length > 0 && (
            <span className={css.faint} title={hidden.map(({ name }) => visible(name)).join(', ')}>
              +{hidden.length} more
            </span>
          )}
        </div>
      </td>
      <td className={css.feedback}>
        <Count icon="vote" n={trace.feedback_count} one="feedback" many="feedback" />
        <Count icon="comment" n={trace.comment_count} one="comment" />
        <Count icon="correction" n={trace.correction_count} one="correction" />
      </td>
      <td className={css.number}>
        {isRunning ? (
          <span className={css.running}>running</span>
        ) : (
          ms !== null && formatDuration(ms)
        )}
      </td>
      <td className={cx(css.number, css.spans)}>{formatCount(trace.span_count)}</td>
      <td className={cx(css.number, css.time)}>
        <Time at={trace.created} />
      </td>
    </tr>
  )
})

interface CountProps {
  icon: IconName
  n: number
  one: string
  many?: string
}

function Count({ icon, n, one, many }: CountProps) {
  if (n === 0) return null
  const words = plural(n, one, many)
  return (
    <span className={css.count} title={words} data-count={one}>
      <Icon name={icon} size={13} />
      <span aria-hidden="true">{formatCount(n)}</span>
      <span className="sr-only">{words}</span>
    </span>
  )
}
