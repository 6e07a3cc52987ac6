import type { SpanSummary } from '../../wire/traces.ts'
import { Badge } from '../ui/Badge.tsx'
import { durationMs, formatDuration } from '../ui/format.ts'
import { Scores } from '../ui/Score.tsx'
import { Time } from '../ui/Time.tsx'
import { visible, visibleName } from '../ui/visible.ts'
import css from './SpanHead.module.css'
import { TypeIcon } from './TypeIcon.tsx'

const number = new Intl.NumberFormat('en', { maximumFractionDigits: 4 })

/** The duration says them better. */
const TIMES = new Set(['start', 'end'])

/** The scores of the root are those of the trace, which shows them already. */
export function SpanHead({ span, isRoot }: { span: SpanSummary; isRoot: boolean }) {
  const ms = durationMs(span.start, span.end)
  const metrics = span.metrics.filter(({ name }) => !TIMES.has(name))
  const isRunning = span.start !== null && span.end === null
  return (
    <header className={css.head}>
      <h3 className={css.name}>
        <TypeIcon type={span.type} /> {visibleName(span.name)}
      </h3>
      <div className={css.facts}>
        {span.type !== '' && <Badge>{visible(span.type)}</Badge>}
        {span.model !== null && <Badge>{visible(span.model)}</Badge>}
        {isRunning && <Badge tone="warn">running</Badge>}
        {ms !== null && <span>{formatDuration(ms)}</span>}
        <Time at={span.created} />
        {span.user !== null && <span>{visible(span.user)}</span>}
        {span.tags.map((tag) => (
          <Badge key={tag}>#{visible(tag)}</Badge>
        ))}
      </div>
      {!isRoot && span.scores.length > 0 && (
        <section className={css.scores} aria-label="Scores of this span and below">
          <Scores scores={span.scores} />
        </section>
      )}
      {metrics.length > 0 && (
        <dl className={css.metrics} aria-label="Metrics">
          {metrics.map(({ name, value }) => (
            <div key={name}>
              <dt>{visible(name)}</dt>
              <dd>{number.format(value)}</dd>
            </div>
          ))}
        </dl>
      )}
    </header>
  )
}
