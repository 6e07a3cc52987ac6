import { compareText } from './text-order.ts'

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
 * Orders the spans of one trace as a tree. A row without parents that has the span id of another, such
 * as a log, hangs from that. A span whose parent has not arrived, a second root, and every span whose
 * parents lead into a circle hang from the root until they find their place, so every span is in the
 * tree once and the root's subtree is the whole trace. Without a root the earliest span takes its
 * place. filter/subtree.ts says the same in SQL.
 */
export function plant<T extends Node>(spans: readonly T[]): Placed<T>[] {
  const inOrder = [...spans].sort(byTime)
  const root = inOrder.find((span) => span.is_root) ?? inOrder[0]
  if (!root) return []
  // Of two spans with one span_id the first is the parent, of the other as well.
  const bySpanId = new Map(inOrder.toReversed().map((span) => [span.span_id, span]))
  const above = new Map(inOrder.map((span) => [span, parentOf(span, bySpanId) ?? root]))
  const reaching = reachingRoot(root, inOrder, above)
  const children = new Map<T, T[]>()
  for (const span of inOrder) {
    if (span === root) continue
    const parent = reaching.has(span) ? (above.get(span) ?? root) : root
    const siblings = children.get(parent)
    if (siblings) siblings.push(span)
    else children.set(parent, [span])
  }
  const placed: Placed<T>[] = []
  const stack: Placed<T>[] = [{ span: root, parent: null }]
  for (let next = stack.pop(); next; next = stack.pop()) {
    placed.push(next)
    const { span } = next
    for (const child of children.get(span)?.toReversed() ?? [])
      stack.push({ span: child, parent: span })
  }
  return placed
}

/** The spans from which parents lead to the root; from the others they go round in a circle. */
function reachingRoot<T>(root: T, spans: readonly T[], above: ReadonlyMap<T, T>): Set<T> {
  const reaching = new Set([root])
  const circling = new Set<T>()
  for (const span of spans) {
    const path = new Set<T>()
    let at = span
    while (!reaching.has(at) && !circling.has(at) && !path.has(at)) {
      path.add(at)
      at = above.get(at) ?? root
    }
    const known = reaching.has(at) ? reaching : circling
    for (const passed of path) known.add(passed)
  }
  return reaching
}

/** A log of an official SDK names no parent: it has the span id of the span in which it was written. */
function parentOf<T extends Node>(span: T, bySpanId: ReadonlyMap<string, T>): T | undefined {
  for (const id of span.span_parents.length > 0 ? span.span_parents : [span.span_id]) {
    const parent = id === '' ? undefined : bySpanId.get(id)
    if (parent && parent !== span) return parent
  }
  return undefined
}

const byTime = (a: Node, b: Node) =>
  (a.start ?? Infinity) - (b.start ?? Infinity) ||
  a.exec_counter - b.exec_counter ||
  compareText(a.id, b.id)
