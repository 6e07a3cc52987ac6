import { visibleName } from '../ui/visible.ts'
import css from './SpanLink.module.css'
import type { SpanNames } from './TraceFeedback.tsx'

/** The span something was said about; chooses it. */
export function SpanLink({ rowId, spans }: { rowId: string; spans: SpanNames }) {
  const name = visibleName(spans.nameOf(rowId))
  if (rowId === spans.selectedId) return <span className={css.here}>on {name}</span>
  return (
    <button type="button" className={css.link} onClick={() => spans.onSelect(rowId)}>
      on {name}
    </button>
  )
}
