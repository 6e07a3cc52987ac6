import type { Feedback } from '../../wire/feedback.ts'
import type { Comment, Judgement } from '../../wire/traces.ts'

/**
 * What became of one vote. `current` counts; `replaced` by a later vote of the same user; `retracted`:
 * its user took it back later; `retraction`: this is the taking back.
 */
export type Fate = 'current' | 'replaced' | 'retracted' | 'retraction'

export interface Vote {
  name: string
  value: number | null
  fate: Fate
}

/** What an event did with a comment: wrote one, answered one, changed the text of one, deleted one. */
export type Deed = 'comment' | 'reply' | 'edit' | 'deletion'

export const DEEDS: Record<Deed, string> = {
  comment: 'comment',
  reply: 'reply',
  edit: 'edited a comment',
  deletion: 'deleted a comment',
}

export interface LedgerEntry {
  feedback: Feedback
  votes: Vote[]
  deed: Deed | null
  /** Words that no longer stand: a later event edited or deleted them. */
  oldText: string | null
}

/** Each event of a ledger (oldest first) with what became of it, newest first. */
export function readLedger(
  ledger: Feedback[],
  judgements: Judgement[],
  comments: Comment[],
): LedgerEntry[] {
  const counting = new Set(judgements.map((j) => key(j.id, j.feedback_id, j.name)))
  const standing = new Set(comments.map(({ feedback_id, text }) => key(feedback_id, text)))
  const edited = new Map(ledger.map((event) => [event.feedback_id, event.replaces]))
  /** The value each (span, user, name) got after the event at hand; undefined: none came. */
  const later = new Map<string, number | null>()
  return ledger.toReversed().map((feedback) => {
    const { feedback_id, id, user, scores, comment } = feedback
    const votes = scores.map(({ name, value }) => {
      const voter = key(id, user, name)
      const next = later.get(voter)
      later.set(voter, value)
      return { name, value, fate: fateOf(value, next, counting.has(key(id, feedback_id, name))) }
    })
    const stands = standing.has(key(firstVersion(feedback_id, edited), comment))
    const oldText = stands ? null : comment
    return { feedback, votes, deed: deedOf(feedback), oldText }
  })
}

export function deedOf({ comment, replaces, reply_to }: Feedback): Deed | null {
  if (replaces !== null) return comment === null ? 'deletion' : 'edit'
  if (comment === null) return null
  return reply_to === null ? 'comment' : 'reply'
}

/** An edit of an edit changes the comment that was written first. */
function firstVersion(id: string, edited: ReadonlyMap<string, string | null>): string {
  const seen = new Set<string>()
  let at = id
  for (let next = edited.get(at); next && !seen.has(at); next = edited.get(at)) {
    seen.add(at)
    at = next
  }
  return at
}

function fateOf(value: number | null, next: number | null | undefined, isCounting: boolean): Fate {
  if (value === null) return 'retraction'
  if (isCounting || next === undefined) return 'current'
  return next === null ? 'retracted' : 'replaced'
}

const key = (...parts: (string | null)[]): string => JSON.stringify(parts)
