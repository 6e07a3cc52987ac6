import type { Feedback } from '../wire/feedback.ts'
import type { Comment } from '../wire/traces.ts'

/** A comment that the program logged with the span itself. */
export interface OwnComment {
  readonly id: string
  readonly user: string
  readonly created: string
  readonly comment: string
}

/**
 * The comments that stand, oldest first. A comment is one event; an event that `replaces` it edits
 * its text or, without a text, deletes it, and of several the newest decides. A reply to a deleted
 * comment stands. `feedback` is the ledger of the spans, oldest first.
 */
export function comments(own: readonly OwnComment[], feedback: readonly Feedback[]): Comment[] {
  const replaced = new Map(feedback.map((event) => [event.feedback_id, event.replaces]))
  const edits = new Map<string, Feedback>()
  for (const event of feedback) {
    // Oldest first: the last one set is the newest.
    if (event.replaces !== null) edits.set(original(event.replaces, replaced), event)
  }
  const standing = feedback.flatMap((event): Comment[] => {
    const { feedback_id, id, user, created, reply_to, replaces } = event
    const edit = edits.get(feedback_id)
    const text = edit ? edit.comment : event.comment
    if (replaces !== null || event.comment === null || text === null) return []
    return [{ feedback_id, id, user, text, created, edited: edit?.created ?? null, reply_to }]
  })
  const logged = own.flatMap(({ id, user, created, comment }): Comment[] =>
    comment === ''
      ? []
      : [
          {
            feedback_id: null,
            id,
            user: user || null,
            text: comment,
            created,
            edited: null,
            reply_to: null,
          },
        ],
  )
  // The ledger keeps its order, which need not be that of the times shown (time.ts).
  const waiting = logged.sort((a, b) => (a.created < b.created ? -1 : 1))
  const shown = standing.flatMap((comment) => {
    const later = waiting.findIndex(({ created }) => created > comment.created)
    return [...waiting.splice(0, later < 0 ? waiting.length : later), comment]
  })
  return [...shown, ...waiting]
}

/** An edit of an edit is an edit of the first comment. */
function original(feedbackId: string, replaced: ReadonlyMap<string, string | null>): string {
  const seen = new Set<string>()
  let id = feedbackId
  for (let next = replaced.get(id); next && !seen.has(id); next = replaced.get(id)) {
    seen.add(id)
    id = next
  }
  return id
}
