import { z } from 'zod'
import {
  Id,
  Json,
  JsonObject,
  Name,
  ProjectRef,
  Scores,
  Source,
  Tags,
  Timestamp,
} from './common.ts'

/** One call of `logFeedback`: what one person or program thinks of one span. */
export const FeedbackInput = z
  .object({
    id: Id.describe('The row id of the judged span: what `span.id` returned.'),
    feedback_id: Id.optional().describe('Chosen by the client, so that a retry counts once.'),
    user: Name.nullish().describe('Who judged; else `metadata.user_id`; else anonymous.'),
    source: Source.nullish().describe('Defaults to `api`.'),
    scores: Scores.nullish().describe('Score name to a number in [0, 1]; null retracts.'),
    expected: Json.nullish().describe('A correction: what the output should have been.'),
    comment: z.string('must be a string').max(100_000).nullish().describe('Free text.'),
    replaces: Id.nullish().describe(
      'The feedback_id of the comment that this one edits; without a comment, deletes.',
    ),
    reply_to: Id.nullish().describe('The feedback_id of the comment that this one answers.'),
    tags: Tags.nullish(),
    metadata: JsonObject.nullish().describe('Belongs to this feedback, never to the span.'),
    created: Timestamp.nullish().describe('When the person judged; defaults to now.'),
  })
  .refine(
    (f) =>
      Boolean(f.scores?.length || f.comment || f.replaces || f.tags?.length) ||
      (f.expected !== undefined && f.expected !== null) ||
      Object.keys(f.metadata ?? {}).length > 0,
    'needs at least one of scores, expected, comment, tags, metadata',
  )

/** `POST /v1/feedback`. Items are checked one by one: a bad one is named, the others are stored. */
export const InsertFeedback = ProjectRef.extend({
  feedback: z.array(z.unknown(), 'must be a list').min(1, 'must not be empty').max(10_000),
  sent_at: Timestamp.nullish().describe("The client's clock when it sent this request."),
})

/** One item that was refused, and why; everything not listed here is stored. */
export const Rejection = z.object({
  list: z.enum(['rows', 'feedback']),
  index: z.number().int().describe('Position in the list that was sent, from 0.'),
  id: z.string().nullable(),
  field: z.string().describe('Path of the field, such as `scores.helpful`; empty for the item.'),
  message: z.string(),
})

/** The answer to feedback: a receipt for each stored item, in order, after commit and fsync. */
export const FeedbackReceipts = z.object({
  xact_id: z.string().nullable(),
  feedback: z.array(z.object({ feedback_id: z.string(), id: z.string() })),
  rejected: z.array(Rejection),
})

/** A stored feedback event, as it was given; it never changes. */
export const Feedback = z.object({
  feedback_id: z.string(),
  id: z.string().describe('The row id of the judged span.'),
  trace_id: z.string().nullable().describe('The trace of that span; null while pending.'),
  status: z.enum(['attached', 'pending']).describe('Pending: its span has not arrived yet.'),
  user: z.string().nullable().describe('Null is anonymous.'),
  source: Source,
  scores: z.array(z.object({ name: z.string(), value: z.number().nullable() })),
  expected: Json.nullable(),
  comment: z.string().nullable(),
  replaces: z.string().nullable().describe('The feedback_id whose comment this edits or deletes.'),
  reply_to: z.string().nullable().describe('The feedback_id whose comment this answers.'),
  tags: z.array(z.string()),
  metadata: JsonObject.nullable(),
  created: z.string().describe('When the person judged, ISO 8601.'),
})

/** `GET /v1/feedback`: newest first. */
export const FeedbackPage = z.object({
  feedback: z.array(Feedback),
  cursor: z.string().nullable().describe('Send it back for the next page; null at the end.'),
})

export type FeedbackReceipts = z.output<typeof FeedbackReceipts>
export type FeedbackInput = z.output<typeof FeedbackInput>
export type Rejection = z.output<typeof Rejection>
export type Feedback = z.output<typeof Feedback>
export type FeedbackPage = z.output<typeof FeedbackPage>
