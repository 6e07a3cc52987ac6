/**
 * What a history of writes must leave, worked out the slow and obvious way: the events one after
 * the other, in the order in which they happened, on plain maps.
 */
export type Event =
  /** A span is logged whole. `parent` is a span's number, or null for the root. */
  | { kind: 'span'; span: number; parent: number | null; scores: Record<string, number> }
  /** The program logs more about a span: scores, and a field of the metadata. */
  | { kind: 'change'; span: number; scores: Record<string, number | null>; key: string }
  | { kind: 'delete'; span: number }
  /** Null is anonymous. A null value retracts. */
  | { kind: 'vote'; span: number; user: string | null; scores: Record<string, number | null> }

export interface Expected {
  /** Means and counts per span in the tree and name: `name mean n`. */
  readonly spans: Record<number, string[]>
  /** Keys that changes left in the metadata, per span. */
  readonly keys: Record<number, string[]>
  /** Whether the trace is listed: its root is there, whole. */
  readonly isListed: boolean
}

export function expected(history: readonly Event[]): Expected {
  interface Span {
    parent: number | null
    isWhole: boolean
    scores: Map<string, number | null>
    keys: Set<string>
  }
  const spans = new Map<number, Span>()
  const votes = new Map<string, { span: number; name: string; value: number | null }>()
  for (const event of history) {
    if (event.kind === 'span') {
      const scores = new Map<string, number | null>(Object.entries(event.scores))
      spans.set(event.span, { parent: event.parent, isWhole: true, scores, keys: new Set() })
    } else if (event.kind === 'delete') {
      spans.delete(event.span)
    } else if (event.kind === 'change') {
      const empty = { parent: null, isWhole: false, scores: new Map(), keys: new Set<string>() }
      const span = spans.get(event.span) ?? empty
      for (const [name, value] of Object.entries(event.scores)) span.scores.set(name, value)
      span.keys.add(event.key)
      spans.set(event.span, span)
    } else {
      for (const [name, value] of Object.entries(event.scores)) {
        votes.set(JSON.stringify([event.span, event.user, name]), { span: event.span, name, value })
      }
    }
  }

  const judged = (n: number): { name: string; value: number }[] => {
    const current = [...votes.values()].filter((vote) => vote.span === n && vote.value !== null)
    const own = [...(spans.get(n)?.scores ?? [])]
      .filter(([name, value]) => value !== null && !current.some((vote) => vote.name === name))
      .map(([name, value]) => ({ name, value }))
    return [...current, ...own] as { name: string; value: number }[]
  }
  const isRoot = (n: number) => spans.get(n)?.isWhole === true && spans.get(n)?.parent === null
  const root = [...spans.keys()].sort((a, b) => a - b).find(isRoot)
  /** Whether `n` lies in the subtree of `top`. What has no parent here hangs from the root. */
  const isBelow = (n: number, top: number): boolean => {
    if (n === top || top === root) return true
    const parent = spans.get(n)?.parent ?? null
    return parent !== null && spans.has(parent) && n !== root && isBelow(parent, top)
  }
  const means = (top: number): string[] => {
    const all = [...spans.keys()].filter((n) => isBelow(n, top)).flatMap(judged)
    return [...new Set(all.map((j) => j.name))].sort().map((name) => {
      const values = all.filter((j) => j.name === name).map((j) => j.value)
      return `${name} ${(values.reduce((a, b) => a + b, 0) / values.length).toFixed(9)} ${values.length}`
    })
  }
  const ofEach = <T>(value: (n: number) => T) =>
    Object.fromEntries([...spans.keys()].map((n) => [n, value(n)]))
  return {
    spans: ofEach(means),
    keys: ofEach((n) => [...(spans.get(n)?.keys ?? [])].sort()),
    isListed: root !== undefined,
  }
}
