/** What a tree needs to know of a span. */
interface Node {
  readonly id: string
  readonly span_id: string
  readonly span_parents: readonly string[]
  readonly is_root: boolean
  /** Unix seconds. */
  readonly start: number | null
  readonly exec_counter: number
}

/** A span at its place: parents before children, siblings in order of time. */
export interface Placed<T> {
  readonly span: T
  /** Null for the root alone. */
  readonly parent: T | null
}

/**
 * Orders the spans of one trace as a tree. A span whose parent has not arrived, a second root and a
 * circle of parents hang from the root until they find their place, so every span is in the tree
 * once and the root's subtree is the whole trace. Without a root the earliest span takes its place.
 */
export function plant<T extends Node>(spans: readonly T[]): Placed<T>[] {
  const inOrder = [...spans].sort(byTime)
  const root = inOrder.find((span) => span.is_root) ?? inOrder[0]
  if (!root) return []
  const bySpanId = new Map(inOrder.map((span) => [span.span_id, span]))
  const children = new Map<T, T[]>()
  for (const span of inOrder) {
    const parent = parentOf(span, bySpanId)
    if (span === root || !parent) continue
    const siblings = children.get(parent)
    if (siblings) siblings.push(span)
    else children.set(parent, [span])
  }
  const placed = new Map<T, Placed<T>>()
  const walk = (from: T, parent: T | null) => {
    const stack: Placed<T>[] = [{ span: from, parent }]
    for (let next = stack.pop(); next; next = stack.pop()) {
      if (placed.has(next.span)) continue
      placed.set(next.span, next)
      const below = children.get(next.span) ?? []
      for (const child of below.toReversed()) stack.push({ span: child, parent: next.span })
    }
  }
  walk(root, null)
  const isOrphan = (span: T) => !parentOf(span, bySpanId)
  for (const span of inOrder) if (!placed.has(span) && isOrphan(span)) walk(span, root)
  for (const span of inOrder) if (!placed.has(span)) walk(span, root)
  return [...placed.values()]
}

function parentOf<T extends Node>(span: T, bySpanId: ReadonlyMap<string, T>): T | undefined {
  for (const id of span.span_parents) {
    const parent = bySpanId.get(id)
    if (parent && parent !== span) return parent
  }
  return undefined
}

const byTime = (a: Node, b: Node) =>
  (a.start ?? Infinity) - (b.start ?? Infinity) ||
  a.exec_counter - b.exec_counter ||
  (a.id < b.id ? -1 : 1)
