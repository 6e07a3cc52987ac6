import type { Comment } from '../../wire/traces.ts'
import { eventKey } from './event-key.ts'

export interface Thread {
  comment: Comment
  /** Answers to it, and to its answers, oldest first. */
  replies: Comment[]
}

/**
 * Comments (oldest first) as conversations, the newest first. An answer to a comment that was deleted, or
 * that has not arrived, begins a conversation itself: nothing anyone said is hidden.
 */
export function readThreads(comments: Comment[]): Thread[] {
  const byId = new Map(comments.map((comment) => [comment.feedback_id, comment]))
  const byKey = new Map(comments.map((comment) => [eventKey(comment), comment]))
  // Where several spans have a comment of that id, the one on the same span is meant.
  const above = ({ id, reply_to }: Comment) =>
    reply_to === null
      ? undefined
      : (byKey.get(eventKey({ id, feedback_id: reply_to })) ?? byId.get(reply_to))
  const threads = new Map<Comment, Thread>()
  const threadOf = (comment: Comment): Thread => {
    const thread = threads.get(comment) ?? { comment, replies: [] }
    threads.set(comment, thread)
    return thread
  }
  for (const comment of comments) {
    const first = firstOf(comment, above)
    const thread = threadOf(first)
    if (first !== comment) thread.replies.push(comment)
  }
  return [...threads.values()].reverse()
}

/** Up from answer to answer; two that name each other have no beginning, and stand alone. */
function firstOf(comment: Comment, above: (of: Comment) => Comment | undefined): Comment {
  const seen = new Set([comment])
  let at = comment
  for (let next = above(at); next; next = above(at)) {
    if (seen.has(next)) return comment
    seen.add(next)
    at = next
  }
  return at
}
