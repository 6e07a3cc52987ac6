import type { Json } from '../../src/wire/common.ts'
import { merged, type Patch, type Row } from './merged.ts'

/**
 * What a history of writes must leave, worked out the slow and obvious way: the events one after
 * the other, in the order in which they happened, on plain maps.
 */
export type Event =
  /** A span is logged whole. `parent` is a span's number, or null for the root. */
  | { kind: 'span'; span: number; parent: number | null; patch: Patch }
  /** The program says more about a span; without span ids, as a caller does who knows the id alone. */
  | { kind: 'change'; span: number; hasSpanIds: boolean; patch: Patch }
  | { kind: 'delete'; span: number }
  /** Null is anonymous. A null value retracts. */
  | { kind: 'vote'; span: number; user: string | null; scores: Record<string, number | null> }
  | { kind: 'correct'; span: number; user: string | null; expected: Json }
  /** `answers` is the place of another comment in the history. */
  | { kind: 'comment'; span: number; text: string; answers: number | null }
  /** `of` is the place of a comment, or of an edit of one. Null deletes. */
  | { kind: 'edit'; span: number; of: number; text: string | null }

/** What is to be read of one span. */
export interface ExpectedSpan {
  /** Means and counts over its subtree: `name mean n`. */
  readonly scores: string[]
  readonly row: Row
  /** Which event gave the row its `created`. */
  readonly createdBy: number
  readonly feedbackCount: number
  /** Its judgements, those of others and the program's own: `[user, name, value]`, sorted. */
  readonly judgements: string[]
  /** The values of its corrections as JSON, sorted. */
  readonly corrections: string[]
  /** Places of its comments that stand, with their present text and the place that they answer. */
  readonly comments: string[]
}

export interface Expected {
  /** By number: the spans of the trace. */
  readonly spans: ReadonlyMap<number, ExpectedSpan>
  /** The span that stands for the trace; undefined: nothing is there. */
  readonly root: number | undefined
  /** Whether the trace is listed: its root is there, whole. */
  readonly isListed: boolean
  readonly corrections: number
  /** Places of feedback events whose span is not there. */
  readonly pending: readonly number[]
  /** All judgements, those of rows that belong to no trace yet included. */
  readonly judged: readonly Judged[]
}

interface Judged {
  /** Null: anonymous, or the program itself. */
  readonly user: string | null
  readonly name: string
  readonly value: number
}

interface Span {
  parent: number | null
  isWhole: boolean
  /** Whether its trace is known. */
  isPlaced: boolean
  createdBy: number
  row: Row
}

/** What has happened, by place: all of it, or what has arrived so far. In order. */
export type Happened = ReadonlyMap<number, Event>

/** `hasHeedId`: such an id tells its trace; another must be told by the row. */
export function expected(history: Happened, hasHeedId: (span: number) => boolean): Expected {
  const spans = new Map<number, Span>()
  for (const [createdBy, event] of history) {
    if (event.kind === 'span') {
      const { parent, patch } = event
      const row = merged({}, patch)
      spans.set(event.span, { parent, isWhole: true, isPlaced: true, createdBy, row })
    } else if (event.kind === 'delete') {
      spans.delete(event.span)
    } else if (event.kind === 'change') {
      const empty = { parent: null, isWhole: false, isPlaced: hasHeedId(event.span), createdBy }
      const span = spans.get(event.span) ?? { ...empty, row: {} }
      // Without a target it is inserted as it is: there is nothing to remove from.
      const { remove, ...said } = event.patch
      span.row = merged(span.row, spans.has(event.span) ? event.patch : said)
      if (event.hasSpanIds) span.isPlaced = true
      spans.set(event.span, span)
    }
  }
  const here = [...spans.keys()].filter((n) => spans.get(n)?.isPlaced).sort((a, b) => a - b)

  const votes = new Map<
    string,
    { span: number; user: string | null; name: string; value: number | null }
  >()
  for (const event of history.values()) {
    if (event.kind !== 'vote') continue
    for (const [name, value] of Object.entries(event.scores)) {
      const { span, user } = event
      votes.set(JSON.stringify([span, user, name]), { span, user, name, value })
    }
  }
  const judged = (n: number): Judged[] => {
    const current = [...votes.values()].filter((vote) => vote.span === n && vote.value !== null)
    const own = Object.entries(spans.get(n)?.row.scores ?? {})
      .filter(([name, value]) => value !== null && !current.some((vote) => vote.name === name))
      .map(([name, value]) => ({ user: null, name, value }))
    return [...current, ...own] as Judged[]
  }

  const isRoot = (n: number) => spans.get(n)?.isWhole === true && spans.get(n)?.parent === null
  // Of rows that do not say when they began the id decides: a foreign one comes after those of Heed, as text.
  const byId = (a: number, b: number) => {
    if (hasHeedId(a) !== hasHeedId(b)) return hasHeedId(a) ? -1 : 1
    return hasHeedId(a) ? a - b : String(a) < String(b) ? -1 : 1
  }
  // Without a root, the earliest span takes its place: only whole ones say when they began.
  const root =
    here.find(isRoot) ?? here.find((n) => spans.get(n)?.isWhole) ?? here.toSorted(byId)[0]
  /** Whether `n` lies in the subtree of `top`. What has no parent here hangs from the root. */
  const isBelow = (n: number, top: number): boolean => {
    if (n === top || top === root) return true
    const parent = spans.get(n)?.parent ?? null
    return parent !== null && here.includes(parent) && n !== root && isBelow(parent, top)
  }

  const text = (place: number): string | null => {
    const event = history.get(place)
    const said = event?.kind === 'comment' || event?.kind === 'edit' ? event.text : null
    const edits = [...history.keys()].filter((n) => commentOf(history, n) === place && n !== place)
    const newest = history.get(edits.at(-1) ?? -1)
    return newest?.kind === 'edit' ? newest.text : said
  }
  const placesOn = (n: number) => [...history.keys()].filter((at) => history.get(at)?.span === n)
  const feedback = (n: number) =>
    placesOn(n).filter((at) => !['span', 'change', 'delete'].includes(history.get(at)?.kind ?? ''))
  const shown = (n: number, span: Span): ExpectedSpan => ({
    scores: means(here.filter((below) => isBelow(below, n)).flatMap(judged)),
    row: span.row,
    createdBy: span.createdBy,
    feedbackCount: feedback(n).length,
    judgements: judged(n)
      .map(({ user, name, value }) => JSON.stringify([user, name, value]))
      .sort(),
    corrections: placesOn(n)
      .flatMap((at) => {
        const event = history.get(at)
        return event?.kind === 'correct' ? [JSON.stringify(event.expected)] : []
      })
      .sort(),
    comments: placesOn(n).flatMap((at) => {
      const event = history.get(at)
      return event?.kind === 'comment' && text(at) !== null
        ? [`${at} ${text(at)}, to ${event.answers}`]
        : []
    }),
  })
  return {
    spans: new Map(here.map((n) => [n, shown(n, spans.get(n) as Span)])),
    root,
    isListed: here.some(isRoot),
    corrections: here.flatMap(placesOn).filter((at) => history.get(at)?.kind === 'correct').length,
    pending: [...new Set([...history.values()].map((event) => event.span))]
      .filter((n) => !spans.has(n))
      .flatMap(feedback),
    judged: [...spans.keys()].flatMap(judged),
  }
}

/** The first comment that an edit, or an edit of an edit, is about. */
function commentOf(history: Happened, place: number): number {
  const event = history.get(place)
  return event?.kind === 'edit' ? commentOf(history, event.of) : place
}

/** `name mean n`, in order of name. */
export const means = (judged: readonly Judged[]): string[] =>
  [...new Set(judged.map((one) => one.name))].sort().map((name) => {
    const values = judged.filter((one) => one.name === name).map((one) => one.value)
    const sum = values.reduce((a, b) => a + b, 0)
    return `${name} ${(sum / values.length).toFixed(9)} ${values.length}`
  })
