import { allDone } from './all-done.ts'
import type { ClickHouse } from './clickhouse.ts'
import { commitFeedback } from './commit-feedback.ts'
import { commitRecords } from './commit-records.ts'
import { commitRows } from './commit-rows.ts'
import { Pace } from './pace.ts'
import { Patches } from './patches.ts'
import { RecentRows } from './recent-rows.ts'
import type { ToldProjects } from './told-projects.ts'
import { WordIndexing } from './word-indexing.ts'
import { Writer } from './writer.ts'
import type { Batch, Changed } from './writes.ts'
import { keyOf } from './written-rows.ts'
import type { TransactionIds } from './xact.ts'

/** A second commit beside the first: from so many waiting bytes on. */
const BESIDE_BYTES = 4 * 2 ** 20

/** From about 400 spans a second on, spans wait up to a fifth of a second to share a commit. */
const SHARING = { everyMs: 200, busyBytes: 2 ** 20 }

/** A person looks at what becomes of a vote. */
const AT_ONCE = { everyMs: 0, busyBytes: 0 }

/** What the lanes write with. */
interface Needs {
  readonly ch: ClickHouse
  readonly told: ToldProjects
  readonly xactIds: TransactionIds
  /** Told after a commit, when what changed can be read. */
  readonly onChanged: (changed: Changed) => void
}

/** Opens the way in of all that clients write. Lanes, so that a vote does not wait for a flood of spans. */
export async function openLanes({ ch, told, xactIds, onChanged }: Needs) {
  const rows = new Writer(
    {
      commit: commitRows(ch, await Patches.open(ch), new RecentRows(), told),
      keyOf,
      besideBytes: BESIDE_BYTES,
      pace: new Pace(SHARING),
    },
    onChanged,
  )
  const events = new Writer(
    {
      commit: commitFeedback(ch),
      keyOf: (event) => event.feedbackId,
      besideBytes: 0,
      pace: new Pace(AT_ONCE),
    },
    onChanged,
  )
  const records = new Writer(
    {
      commit: commitRecords(ch),
      keyOf: ({ datasetId, id }) => `${datasetId} ${id}`,
      besideBytes: BESIDE_BYTES,
      pace: new Pace(AT_ONCE),
    },
    onChanged,
  )
  const wordIndexing = new WordIndexing(ch)
  wordIndexing.written()
  const inFlight = new Set<Promise<unknown>>()
  return {
    /**
     * Resolves to the transaction id when the batch is committed and synced. Throws AppError
     * `overloaded`, `shutting_down`, `storage_full` or `storage_unavailable`.
     */
    write: async (batch: Batch): Promise<string> => {
      const { bytes } = batch
      for (const writer of [rows, events, records]) writer.assertRoom(bytes)
      const xactId = xactIds.next()
      const writing = records.write(batch.records ?? [], bytes, xactId)
      inFlight.add(writing)
      await allDone([
        rows.write(batch.spans, bytes, xactId),
        events.write(batch.feedback, bytes, xactId),
        writing.finally(() => inFlight.delete(writing)),
      ])
      if (batch.spans.length > 0) wordIndexing.written()
      return xactId
    },
    /**
     * The present version of all datasets: a transaction id that every write of a record has which was
     * begun before, and none after. Resolves when those are settled: what it names never changes.
     */
    version: async (): Promise<string> => {
      const xactId = xactIds.next()
      await Promise.allSettled(inFlight)
      return xactId
    },
    /** Finishes what was taken. */
    close: async (): Promise<void> => {
      await Promise.all([rows.close(), events.close(), records.close(), wordIndexing.close()])
    },
  }
}
