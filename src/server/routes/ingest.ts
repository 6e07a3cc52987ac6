import { Hono } from 'hono'
import { clockSkew } from '../../storage/index.ts'
import { type FeedbackReceipts, InsertFeedback } from '../../wire/feedback.ts'
import { type InsertedRows, InsertRows } from '../../wire/rows.ts'
import { check } from '../body.ts'
import type { Env } from '../env.ts'
import type { Ingestion } from '../ingestion.ts'
import type { Uploads } from '../uploads.ts'

/**
 * `POST /logs3` and `POST /v1/feedback`: the ways in. Answered after commit and fsync. The rows of
 * `/logs3` may lie in an upload, and are answered 200 even when none is good: an official SDK takes any other answer
 * for one to its whole batch, sends it again, and may leave the attachments beside it.
 */
export const ingestRoutes = ({ admitted, store, storeAny }: Ingestion, uploads: Uploads) =>
  new Hono<Env>()
    .post('/logs3', (c) =>
      admitted(
        c,
        async ({ value, bytes, brokenMark }, arrivedAt) => {
          const { rows, feedback, sent_at, ...project } = check(InsertRows, value)
          const { xactId, accepted, rejected } = await store(
            { rows, feedback, skew: clockSkew(sent_at, arrivedAt), project, brokenMark },
            bytes,
          )
          const answer: InsertedRows = { xact_id: xactId, accepted, rejected }
          return c.json(answer)
        },
        uploads.whole,
      ),
    )
    .post('/v1/feedback', (c) =>
      admitted(c, async ({ value, bytes, brokenMark }, arrivedAt) => {
        const { feedback, sent_at, ...project } = check(InsertFeedback, value)
        const stored = await storeAny(
          { rows: [], feedback, skew: clockSkew(sent_at, arrivedAt), project, brokenMark },
          bytes,
        )
        const answer: FeedbackReceipts = {
          xact_id: stored.xactId,
          feedback: stored.feedback.map((f) => ({ feedback_id: f.feedbackId, id: f.target })),
          rejected: stored.rejected,
        }
        return c.json(answer, 201)
      }),
    )
