import type { SpanSummary } from '../../wire/traces.ts'

export interface TreeRow {
  span: SpanSummary
  /** 1 for a root, as `aria-level` counts. */
  level: number
  position: number
  siblings: number
  hasChildren: boolean
}

/**
 * The rows of the tree that show while `folded` spans hide what is below them, in the order given
 * (parents before children). A span whose parent has not arrived stands at the top for now.
 */
export function treeRows(spans: SpanSummary[], folded: ReadonlySet<string>): TreeRow[] {
  const ids = new Set(spans.map(({ id }) => id))
  const children = new Map<string | null, SpanSummary[]>()
  for (const span of spans) {
    const parent = parentIn(ids, span)
    const siblings = children.get(parent)
    if (siblings) siblings.push(span)
    else children.set(parent, [span])
  }
  const rowsBelow = (parent: string | null, level: number): TreeRow[] =>
    (children.get(parent) ?? []).map((span, index, siblings) => ({
      span,
      level,
      position: index + 1,
      siblings: siblings.length,
      hasChildren: children.has(span.id),
    }))
  const rows: TreeRow[] = []
  const next = rowsBelow(null, 1).reverse() // a stack, not recursion: a trace may be thousands deep
  for (let row = next.pop(); row; row = next.pop()) {
    rows.push(row)
    if (row.hasChildren && !folded.has(row.span.id)) {
      for (const below of rowsBelow(row.span.id, row.level + 1).reverse()) next.push(below)
    }
  }
  return rows
}

const parentIn = (ids: ReadonlySet<string>, { id, parent_id }: SpanSummary): string | null =>
  parent_id !== null && parent_id !== id && ids.has(parent_id) ? parent_id : null

export type TreeMove = { select: string } | { fold: string } | { unfold: string } | null

/** What a key does, by the ARIA pattern of a tree in which selection follows focus. */
export function moveInTree(
  rows: TreeRow[],
  selectedId: string,
  folded: ReadonlySet<string>,
  key: string,
): TreeMove {
  const index = rows.findIndex(({ span }) => span.id === selectedId)
  const row = rows[index]
  const select = (to: TreeRow | undefined): TreeMove => (to ? { select: to.span.id } : null)
  switch (key) {
    case 'ArrowDown':
      return select(rows[index + 1])
    case 'ArrowUp':
      return select(rows[index - 1])
    case 'Home':
      return select(rows[0])
    case 'End':
      return select(rows.at(-1))
    case 'ArrowRight':
      if (!row?.hasChildren) return null
      return folded.has(selectedId) ? { unfold: selectedId } : select(rows[index + 1])
    case 'ArrowLeft':
      if (row?.hasChildren && !folded.has(selectedId)) return { fold: selectedId }
      return select(rows.slice(0, index).findLast(({ level }) => level < (row?.level ?? 0)))
    default:
      return null
  }
}
