import type { Context } from 'hono'
import { AppError } from '../errors.ts'
import { type Storage, tick } from '../storage/index.ts'
import type { ProjectRef } from '../wire/common.ts'
import { type Body, readItems } from './body.ts'
import type { Counters } from './counters.ts'
import { announcedBytes, type Gate } from './gate.ts'
import { type Sent, takeIn } from './intake.ts'

export interface IngestionNeeds {
  readonly storage: Storage
  readonly counters: Counters
  readonly gate: Gate
  readonly bodyBytesMax: number
}

/** Fetches what a body only refers to; `makeRoom` waits until there is room in memory for so many bytes. */
export type Whole = (body: Body, makeRoom: (bytes: number) => Promise<void>) => Promise<Body>

export type Ingestion = ReturnType<typeof ingestion>

/** How items come in, whatever the route: a body is let in, sorted item by item, and stored as one. */
export function ingestion({ storage, counters, gate, bodyBytesMax }: IngestionNeeds) {
  const places = {
    project: (ref: ProjectRef) => storage.projects.ensure(ref),
    dataset: (id: string) => storage.datasets.find(id),
    experiment: (id: string) => storage.experiments.find(id),
  }
  /**
   * Resolves when all good items are committed and synced, with the rejected ones; `xactId` is null where no item
   * was good.
   */
  const store = async (sent: Sent, bytes: number) => {
    const { spans, feedback, records, rejected } = await takeIn(sent, places)
    counters.add('heed_items_rejected_total', rejected.length)
    const isEmpty = spans.length + feedback.length + records.length === 0
    const xactId = isEmpty ? null : await storage.write({ spans, feedback, records, bytes })
    const accepted = {
      rows: sent.rows.length - count(rejected, 'rows'),
      feedback: sent.feedback.length - count(rejected, 'feedback'),
    }
    counters.add('heed_rows_accepted_total', accepted.rows)
    counters.add('heed_feedback_accepted_total', accepted.feedback)
    return { xactId, feedback, accepted, rejected }
  }
  return {
    store,

    /** As `store`. Throws AppError `invalid_request` that names every item when items were sent and none is good. */
    storeAny: async (sent: Sent, bytes: number) => {
      const stored = await store(sent, bytes)
      if (stored.xactId === null && stored.rejected.length > 0) {
        throw new AppError('invalid_request', stored.rejected)
      }
      return stored
    },

    /**
     * Reads a body when there is room for it, which it holds until it is answered. `arrivedAt` is when the
     * request's head came, in microseconds: a body that takes long, or waits for room, says nothing about
     * its client's clock.
     */
    admitted: async <T>(
      c: Context,
      take: (body: Body, arrivedAt: number) => Promise<T>,
      whole: Whole = async (body) => body,
    ): Promise<T> => {
      const arrivedAt = tick()
      let room = await gate.enter(announcedBytes(c.req.raw.headers, bodyBytesMax))
      const makeRoom = async (bytes: number) => {
        room.leave()
        room = await gate.enter(bytes)
      }
      try {
        const body = await whole(await readItems(c, bodyBytesMax), makeRoom)
        room.resize(body.bytes)
        return await take(body, arrivedAt)
      } finally {
        room.leave()
      }
    },
  }
}

const count = (rejected: readonly { list: string }[], list: string) =>
  rejected.filter((one) => one.list === list).length
