import { useMemo } from 'react'
import type { Feedback } from '../../wire/feedback.ts'
import type { Comment } from '../../wire/traces.ts'
import { Few } from '../ui/Few.tsx'
import { formatExact } from '../ui/format.ts'
import { Text } from '../ui/Text.tsx'
import { Time } from '../ui/Time.tsx'
import { visible } from '../ui/visible.ts'
import css from './Comments.module.css'
import { eventKey } from './event-key.ts'
import { Part } from './Part.tsx'
import { SpanLink } from './SpanLink.tsx'
import type { SpanNames } from './TraceFeedback.tsx'
import { readThreads } from './threads.ts'
import { Value } from './Value.tsx'
import { Who } from './Who.tsx'

interface Props {
  comments: Comment[]
  /** The events they came with: those tell the source, and the vote given at the same time. */
  feedback: Feedback[]
  spans: SpanNames
}

/** What people wrote, newest first, each with the answers to it. */
export function Comments({ comments, feedback, spans }: Props) {
  const threads = useMemo(() => readThreads(comments), [comments])
  const events = useMemo(() => new Map(feedback.map((one) => [eventKey(one), one])), [feedback])
  if (comments.length === 0) return null
  const eventOf = (comment: Comment) => events.get(eventKey(comment))
  return (
    <Part title="Comments" count={comments.length}>
      <Few items={threads} max={100}>
        {({ comment, replies }) => (
          <li key={eventKey(comment)}>
            <Words comment={comment} event={eventOf(comment)} />
            {replies.length > 0 && (
              <ul className={css.replies} aria-label="Replies">
                {replies.map((reply) => (
                  <li key={eventKey(reply)}>
                    <Words comment={reply} event={eventOf(reply)} />
                  </li>
                ))}
              </ul>
            )}
            <SpanLink rowId={comment.id} spans={spans} />
          </li>
        )}
      </Few>
    </Part>
  )
}

function Words({ comment, event }: { comment: Comment; event: Feedback | undefined }) {
  const { feedback_id, user, text, created, edited } = comment
  return (
    <div data-comment data-user={user ?? ''}>
      <p className={css.head}>
        <Who user={user} source={feedback_id === null ? 'program' : event?.source} />
        {event?.scores.map(({ name, value }) => (
          <span key={name} title={visible(name)}>
            <Value value={value} />
          </span>
        ))}
        {edited !== null && (
          <span className={css.edited} title={formatExact(Date.parse(edited))}>
            edited
          </span>
        )}
        <span className={css.time}>
          <Time at={created} />
        </span>
      </p>
      <Text text={text} />
    </div>
  )
}
