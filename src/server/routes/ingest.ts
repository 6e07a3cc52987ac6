import { type Context, Hono } from 'hono'
import { AppError } from '../../errors.ts'
import type { Storage } from '../../storage/index.ts'
import type { ProjectRef } from '../../wire/common.ts'
import { type FeedbackReceipts, InsertFeedback } from '../../wire/feedback.ts'
import { type InsertedRows, InsertRows } from '../../wire/rows.ts'
import { type Body, check, readItems } from '../body.ts'
import type { Counters } from '../counters.ts'
import type { Env } from '../env.ts'
import { announcedBytes, type Gate } from '../gate.ts'
import { takeIn } from '../intake.ts'

interface Needs {
  readonly storage: Storage
  readonly counters: Counters
  readonly gate: Gate
  readonly bodyBytesMax: number
}

/** `POST /logs3` and `POST /v1/feedback`: the ways in. Answered after commit and fsync. */
export const ingestRoutes = ({ storage, counters, gate, bodyBytesMax }: Needs) => {
  const places = {
    project: (ref: ProjectRef) => storage.projects.ensure(ref),
    dataset: (id: string) => storage.datasets.find(id),
    experiment: (id: string) => storage.experiments.find(id),
  }

  async function store(sent: Parameters<typeof takeIn>[0], bytes: number) {
    const { spans, feedback, records, rejected } = await takeIn(sent, places)
    counters.add('heed_items_rejected_total', rejected.length)
    const isEmpty = spans.length + feedback.length + records.length === 0
    if (isEmpty && rejected.length > 0) throw new AppError('invalid_request', rejected)
    const xactId = isEmpty ? null : await storage.write({ spans, feedback, records, bytes })
    counters.add('heed_rows_accepted_total', sent.rows.length - count(rejected, 'rows'))
    counters.add('heed_feedback_accepted_total', sent.feedback.length - count(rejected, 'feedback'))
    return { xactId, feedback, rejected }
  }

  /** Reads a body when there is room for it, which it holds until it is answered. */
  async function admitted<T>(c: Context, take: (body: Body) => Promise<T>): Promise<T> {
    const room = await gate.enter(announcedBytes(c.req.raw.headers, bodyBytesMax))
    try {
      const body = await readItems(c, bodyBytesMax)
      room.resize(body.bytes)
      return await take(body)
    } finally {
      room.leave()
    }
  }

  return new Hono<Env>()
    .post('/logs3', (c) =>
      admitted(c, async ({ value, bytes, brokenMark }) => {
        const { rows, feedback, sent_at, ...project } = check(InsertRows, value)
        const { xactId, rejected } = await store(
          { rows, feedback, sentAt: sent_at, project, brokenMark },
          bytes,
        )
        const answer: InsertedRows = {
          xact_id: xactId,
          accepted: {
            rows: rows.length - count(rejected, 'rows'),
            feedback: feedback.length - count(rejected, 'feedback'),
          },
          rejected,
        }
        return c.json(answer)
      }),
    )
    .post('/v1/feedback', (c) =>
      admitted(c, async ({ value, bytes, brokenMark }) => {
        const { feedback, sent_at, ...project } = check(InsertFeedback, value)
        const stored = await store(
          { rows: [], feedback, sentAt: sent_at, project, brokenMark },
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
}

const count = (rejected: readonly { list: string }[], list: string) =>
  rejected.filter((one) => one.list === list).length
