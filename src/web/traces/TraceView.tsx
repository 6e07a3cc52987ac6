import { useState } from 'react'
import type { Trace } from '../../wire/traces.ts'
import { TraceFeedback } from '../feedback/TraceFeedback.tsx'
import { Segmented } from '../ui/Segmented.tsx'
import { NotArrived } from './NotArrived.tsx'
import type { Container } from './queries.ts'
import { SpanDetail } from './SpanDetail.tsx'
import { SpanTree } from './SpanTree.tsx'
import { TraceHead } from './TraceHead.tsx'
import css from './TraceView.module.css'

const PANES = [
  { value: 'spans', label: 'Spans' },
  { value: 'detail', label: 'Details' },
  { value: 'feedback', label: 'Feedback' },
] as const

type Pane = (typeof PANES)[number]['value']

interface Props {
  container: Container
  trace: Trace
  rowId: string
  onSelect: (rowId: string) => void
}

/** Tree, span and feedback side by side; where there is no room for three, one at a time. */
export function TraceView({ container, trace, rowId, onSelect }: Props) {
  const [pane, setPane] = useState<Pane>('detail')
  const root = trace.spans.find(({ id }) => id === trace.root_id)
  const named = trace.spans.find(({ id }) => id === rowId)
  const selected = named ?? (rowId === trace.trace_id ? root : undefined)
  const selectedId = selected?.id ?? rowId
  const select = (id: string) => {
    onSelect(id)
    setPane('detail')
  }
  return (
    <div className={css.trace} data-pane={pane}>
      {root && <TraceHead trace={trace} root={root} />}
      <div className={css.panes}>
        <Segmented label="Pane" options={PANES} value={pane} onChange={setPane} />
      </div>
      <div className={css.columns}>
        <div className={css.spans}>
          <SpanTree spans={trace.spans} selectedId={selectedId} onSelect={onSelect} />
        </div>
        <div className={css.detail}>
          {selected ? (
            <SpanDetail
              key={selected.id}
              container={container}
              span={selected}
              isRoot={selected.id === trace.root_id}
            />
          ) : (
            <NotArrived container={container} rowId={rowId} />
          )}
        </div>
        <aside className={css.feedback} aria-label="Feedback">
          <TraceFeedback
            container={container}
            trace={trace}
            selectedId={selectedId}
            onSelect={select}
          />
        </aside>
      </div>
    </div>
  )
}
