import type { Average } from '../wire/common.ts'
import type { Judgement } from '../wire/traces.ts'
import { compareText } from './text-order.ts'
import type { Placed } from './tree.ts'

/** A feedback event as far as votes are concerned. */
export interface Vote {
  readonly feedback_id: string
  readonly id: string
  /** Empty: anonymous, one identity. */
  readonly user: string
  readonly source: 'app' | 'api' | 'external'
  readonly created: string
  /** Null retracts. */
  readonly scores: readonly { readonly name: string; readonly value: number | null }[]
}

/** The scores that a program logged on a span itself. */
export interface OwnScores {
  readonly id: string
  readonly user: string
  readonly created: string
  readonly scores: readonly { readonly name: string; readonly value: number }[]
}

/**
 * Every judgement on every span, each once. On a span and under a score name these are the current
 * non-null votes, one per user, the newest event that mentions the name deciding; only where there
 * is none counts the score that the program itself logged. `votes` are in the order of the ledger,
 * oldest first.
 */
export function judgements(own: readonly OwnScores[], votes: readonly Vote[]): Judgement[] {
  const result: Judgement[] = []
  const voted = new Set<string>()
  for (const { vote, name, value } of currentVotes(votes)) {
    if (value === null) continue
    voted.add(JSON.stringify([vote.id, name]))
    const { id, source, feedback_id, created } = vote
    result.push({ id, name, value, user: vote.user || null, source, feedback_id, created })
  }
  for (const { id, user, created, scores } of own) {
    for (const { name, value } of scores) {
      if (voted.has(JSON.stringify([id, name]))) continue
      const source = 'program' as const
      result.push({ id, name, value, user: user || null, source, feedback_id: null, created })
    }
  }
  return result
}

/** The newest vote of each (span, user, score name), retractions included. */
function currentVotes(votes: readonly Vote[]) {
  const current = new Map<string, { vote: Vote; name: string; value: number | null }>()
  for (const vote of votes) {
    for (const { name, value } of vote.scores) {
      // Oldest first: the last one set is the newest.
      current.set(JSON.stringify([vote.id, vote.user, name]), { vote, name, value })
    }
  }
  return current.values()
}

/** Sum and count by score name. */
export type Tally = Map<string, { sum: bigint; n: number }>

/**
 * Scores are summed as whole multiples of this, so that a sum is exact: the same in every order, and
 * what is taken away again leaves no trace. Scores of up to 15 decimals lose nothing.
 */
export const UNITS = 1e15

export function tally(judged: Iterable<Pick<Judgement, 'name' | 'value'>>): Tally {
  const result: Tally = new Map()
  for (const { name, value } of judged) add(result, name, BigInt(Math.round(value * UNITS)), 1)
  return result
}

function add(to: Tally, name: string, sum: bigint, n: number): void {
  const entry = to.get(name)
  if (entry) {
    entry.sum += sum
    entry.n += n
  } else to.set(name, { sum, n })
}

/** Mean and count by score name, in order of name. */
export const averages = (of: Tally): Average[] =>
  [...of]
    .map(([name, { sum, n }]) => ({ name, mean: Number(sum) / (n * UNITS), n }))
    .sort((a, b) => compareText(a.name, b.name))

/** The averages of each span's subtree, itself included, by row id. */
export function subtreeAverages<T extends { readonly id: string }>(
  placed: readonly Placed<T>[],
  judged: readonly Judgement[],
): Map<string, Average[]> {
  const bySpan = new Map<string, Judgement[]>(placed.map(({ span }) => [span.id, []]))
  for (const judgement of judged) bySpan.get(judgement.id)?.push(judgement)
  const tallies = new Map([...bySpan].map(([id, list]) => [id, tally(list)]))
  // Children come after their parents: from the end, each span is complete before it is added.
  for (const { span, parent } of placed.toReversed()) {
    const above = parent && tallies.get(parent.id)
    if (!above) continue
    for (const [name, { sum, n }] of tallies.get(span.id) ?? []) add(above, name, sum, n)
  }
  return new Map([...tallies].map(([id, total]) => [id, averages(total)]))
}
