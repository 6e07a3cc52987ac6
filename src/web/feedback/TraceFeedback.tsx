import { useMemo } from 'react'
import type { Trace } from '../../wire/traces.ts'
import type { Container } from '../traces/queries.ts'
import { Averages } from './Averages.tsx'
import { Comments } from './Comments.tsx'
import { Corrections } from './Corrections.tsx'
import { History } from './History.tsx'
import { Judgements } from './Judgements.tsx'
import css from './TraceFeedback.module.css'

export interface SpanNames {
  nameOf: (rowId: string) => string
  selectedId: string
  onSelect: (rowId: string) => void
}

interface Props {
  container: Container
  trace: Trace
  selectedId: string
  onSelect: (rowId: string) => void
}

/** Everything people and programs said about a trace, taken apart. */
export function TraceFeedback({ container, trace, selectedId, onSelect }: Props) {
  const names = useMemo(() => new Map(trace.spans.map((s) => [s.id, s.name])), [trace.spans])
  const spans: SpanNames = { nameOf: (id) => names.get(id) ?? id, selectedId, onSelect }
  if (trace.feedback.length + trace.judgements.length + trace.comments.length === 0) {
    return (
      <p className={css.empty}>No feedback yet. It appears here the moment someone gives it.</p>
    )
  }
  return (
    <div className={css.feedback}>
      <Averages averages={trace.scores} />
      <Judgements judgements={trace.judgements} spans={spans} />
      <Corrections container={container} trace={trace} spans={spans} />
      <Comments comments={trace.comments} feedback={trace.feedback} spans={spans} />
      <History trace={trace} spans={spans} />
    </div>
  )
}
