import type { SpanSummary, Trace } from '../../wire/traces.ts'
import { Badge } from '../ui/Badge.tsx'
import { durationMs, formatDuration, plural } from '../ui/format.ts'
import { Scores } from '../ui/Score.tsx'
import { Time } from '../ui/Time.tsx'
import { visible, visibleName } from '../ui/visible.ts'
import css from './TraceHead.module.css'

/** The trace in two lines: what it was, and what everyone thinks of it. */
export function TraceHead({ trace, root }: { trace: Trace; root: SpanSummary }) {
  const ms = durationMs(root.start, root.end)
  const errors = trace.spans.filter(({ error }) => error !== null).length
  return (
    <header className={css.head}>
      <div className={css.line}>
        <h2 className={css.name}>{visibleName(root.name)}</h2>
        {errors > 0 && <Badge tone="bad">{plural(errors, 'error')}</Badge>}
        {root.start !== null && root.end === null && <Badge tone="warn">running</Badge>}
        <p className={css.facts}>
          <Time at={root.created} />
          {ms !== null && <span>{formatDuration(ms)}</span>}
          <span>{plural(trace.spans.length, 'span')}</span>
          {root.user !== null && <span>{visible(root.user)}</span>}
        </p>
      </div>
      {trace.scores.length > 0 && (
        <section className={css.scores} aria-label="Scores of the trace">
          <Scores scores={trace.scores} />
        </section>
      )}
    </header>
  )
}
