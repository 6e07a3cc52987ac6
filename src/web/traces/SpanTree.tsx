import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react'
import type { SpanSummary } from '../../wire/traces.ts'
import css from './SpanTree.module.css'
import { SpanTreeRow } from './SpanTreeRow.tsx'
import { moveInTree, treeRows } from './tree.ts'
import { useWindow } from './use-window.ts'

/** Of every row: what is in view is worked out from it, so that thousands of spans stay quick. */
const ROW_PX = 28

interface Props {
  spans: SpanSummary[]
  selectedId: string
  onSelect: (id: string) => void
}

/** The spans of a trace as a tree; selection follows the arrow keys. */
export function SpanTree({ spans, selectedId, onSelect }: Props) {
  const prefix = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  const rows = useMemo(() => treeRows(spans, folded), [spans, folded])
  const { from, to } = useWindow(scroller, rows.length, ROW_PX)
  const selected = rows.findIndex(({ span }) => span.id === selectedId)

  // A span that was folded away shows again when it is chosen elsewhere, by a link.
  useEffect(() => {
    setFolded((old) => withoutAncestors(old, spans, selectedId))
  }, [spans, selectedId])

  useEffect(() => {
    const box = scroller.current
    if (!box || selected < 0) return
    const top = selected * ROW_PX
    if (top < box.scrollTop) box.scrollTop = top
    else if (top + ROW_PX > box.scrollTop + box.clientHeight) {
      box.scrollTop = top + ROW_PX - box.clientHeight
    }
  }, [selected])

  const fold = (id: string, isFolded: boolean) =>
    setFolded((old) => new Set(isFolded ? [...old, id] : [...old].filter((one) => one !== id)))

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return
    const move = moveInTree(rows, selectedId, folded, event.key)
    if (/^(Arrow|Home|End)/.test(event.key)) event.preventDefault()
    if (!move) return
    if ('select' in move) onSelect(move.select)
    else if ('fold' in move) fold(move.fold, true)
    else fold(move.unfold, false)
  }

  return (
    <div
      ref={scroller}
      className={css.tree}
      role="tree"
      aria-label="Spans"
      tabIndex={0}
      aria-activedescendant={selected >= from && selected < to ? prefix + selectedId : undefined}
      onKeyDown={onKeyDown}
    >
      <div style={{ height: from * ROW_PX }} />
      {rows.slice(from, to).map((row) => (
        <SpanTreeRow
          key={row.span.id}
          row={row}
          domId={prefix + row.span.id}
          isSelected={row.span.id === selectedId}
          isFolded={folded.has(row.span.id)}
          onSelect={onSelect}
          onFold={fold}
        />
      ))}
      <div style={{ height: (rows.length - to) * ROW_PX }} />
    </div>
  )
}

function withoutAncestors(
  folded: ReadonlySet<string>,
  spans: SpanSummary[],
  id: string,
): ReadonlySet<string> {
  if (folded.size === 0) return folded
  const parents = new Map(spans.map((span) => [span.id, span.parent_id]))
  const kept = new Set(folded)
  for (let at = parents.get(id); at; at = parents.get(at)) {
    if (!kept.delete(at) && at === parents.get(at)) break
  }
  return kept.size === folded.size ? folded : kept
}
