import type { Comment } from '../../wire/traces.ts'

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
  const threads = new Map<Comment, Thread>()
  const threadOf = (comment: Comment): Thread => {
    const thread = threads.get(comment) ?? { comment, replies: [] }
    threads.set(comment, thread)
    return thread
  }
  for (const comment of comments) {
    const first = firstOf(comment, byId)
    const thread = threadOf(first)
    if (first !== comment) thread.replies.push(comment)
  }
  return [...threads.values()].reverse()
}

/** Up from answer to answer; two that name each other have no beginning, and stand alone. */
function firstOf(comment: Comment, byId: ReadonlyMap<string | null, Comment>): Comment {
  const seen = new Set([comment])
  let at = comment
  while (at.reply_to !== null) {
    const above = byId.get(at.reply_to)
    if (!above) return at
    if (seen.has(above)) return comment
    seen.add(above)
    at = above
  }
  return at
}
