import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import type { Feedback } from '../../wire/feedback.ts'
import { JsonTree } from '../json/JsonTree.tsx'
import { Badge } from '../ui/Badge.tsx'
import { Icon } from '../ui/Icon.tsx'
import { Text } from '../ui/Text.tsx'
import { Time } from '../ui/Time.tsx'
import { visible } from '../ui/visible.ts'
import css from './FeedbackEntry.module.css'
import { DEEDS, deedOf } from './ledger.ts'
import { Value } from './Value.tsx'
import { Who } from './Who.tsx'

/** One event of the stream, with the way to the span it judges. */
export const FeedbackEntry = memo(function FeedbackEntry({ feedback }: { feedback: Feedback }) {
  const { feedback_id, id, status, user, source, scores, comment, expected, tags, metadata } =
    feedback
  const deed = deedOf(feedback)
  return (
    <li className={css.entry} data-feedback={feedback_id} data-status={status}>
      <div className={css.scores}>
        {scores.map(({ name, value }) => (
          <span key={name} className={css.score}>
            <Value value={value} /> <span className={css.name}>{visible(name)}</span>
          </span>
        ))}
      </div>
      <div className={css.body}>
        <p className={css.head}>
          <Who user={user} source={source} />
          {status === 'pending' && (
            <Badge tone="warn" title="Its span has not arrived yet">
              Pending
            </Badge>
          )}
          {tags.map((tag) => (
            <Badge key={tag}>#{visible(tag)}</Badge>
          ))}
          {deed !== null && deed !== 'comment' && <Badge>{DEEDS[deed]}</Badge>}
          <span className={css.time}>
            <Time at={feedback.created} />
          </span>
        </p>
        {comment !== null && (
          <div data-comment data-user={user ?? ''}>
            <Text text={comment} />
          </div>
        )}
        {expected !== null && (
          <div className={css.correction} data-correction data-user={user ?? ''}>
            <p className={css.label}>
              <Icon name="correction" size={12} /> should have been
            </p>
            {typeof expected === 'string' ? (
              <Text text={expected} />
            ) : (
              <JsonTree value={expected} />
            )}
          </div>
        )}
        {metadata !== null && Object.keys(metadata).length > 0 && <JsonTree value={metadata} />}
        <Link
          from="/app/$org/p/$project"
          to="/app/$org/p/$project/logs"
          search={{ oid: id }}
          className={css.target}
          aria-label={`Open span ${visible(id)}`}
        >
          <code>{visible(id)}</code>
        </Link>
      </div>
    </li>
  )
})
