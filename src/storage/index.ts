import { z } from 'zod'
import type { Dataset } from '../wire/datasets.ts'
import type { Experiment } from '../wire/experiments.ts'
import { Attachments } from './attachments.ts'
import type { Blobs } from './blobs/blobs.ts'
import { btqlQueries } from './btql/index.ts'
import { Catalog } from './catalog.ts'
import { openClickHouse, type Where } from './clickhouse.ts'
import { commitFeedback } from './commit-feedback.ts'
import { commitRecords } from './commit-records.ts'
import { commitRows } from './commit-rows.ts'
import { comparisonQueries } from './comparison.ts'
import { Datasets } from './datasets.ts'
import { experimentPages } from './experiment-pages.ts'
import { Experiments } from './experiments.ts'
import { boundedQueries } from './filter/bounded.ts'
import { type GroupQuestion, groups } from './filter/groups.ts'
import { count, type Question } from './filter/matching.ts'
import { Keys } from './keys.ts'
import { ledgerQueries } from './ledger.ts'
import { migrate } from './migrate.ts'
import { Pace } from './pace.ts'
import { Patches } from './patches.ts'
import { Projects } from './projects.ts'
import { RecentRows } from './recent-rows.ts'
import { recordQueries } from './records.ts'
import { restoreSteps } from './restore.ts'
import { scoreQueries } from './scores.ts'
import { readSideBySide } from './side-by-side.ts'
import { Snapshots } from './snapshots.ts'
import { spanQueries } from './spans.ts'
import { sql } from './sql.ts'
import { tickAfter } from './time.ts'
import { ToldProjects } from './told-projects.ts'
import { traceQueries } from './traces.ts'
import { WordIndexing } from './word-indexing.ts'
import { Writer } from './writer.ts'
import type { Batch, Changed } from './writes.ts'
import { keyOf } from './written-rows.ts'
import { TransactionIds, xactAt } from './xact.ts'

export type { Blobs } from './blobs/blobs.ts'
export { blobDirectory } from './blobs/directory.ts'
export type { Where } from './clickhouse.ts'
export { deliveryOf } from './commit-records.ts'
export { GROUP_BY_MAX, GROUP_VALUES_MAX } from './filter/groups.ts'
export { clockSkew, orderedAt, tick, writtenAt } from './time.ts'
export type { Batch, Changed, FeedbackWrite, RecordWrite, SpanWrite } from './writes.ts'

/** What happened, told after it is committed and readable. */
export type StorageEvent =
  | { readonly kind: 'changed'; readonly changed: Changed }
  | {
      readonly kind: 'experiment_changed'
      readonly projectId: string
      readonly experimentId: string
    }
  | { readonly kind: 'project_created' }

export type Storage = Awaited<ReturnType<typeof openStorage>>

/** A second commit of spans beside the first: from so many waiting bytes on. */
const BESIDE_BYTES = 4 * 2 ** 20

/** From about 400 spans a second on, spans wait up to a fifth of a second to share a commit. */
const ROWS_PACE = { everyMs: 200, busyBytes: 2 ** 20 }

/** A person looks at what becomes of a vote. */
const EVENTS_PACE = { everyMs: 0, busyBytes: 0 }

/** Opens the engine and brings its tables to their present shape; `blobs` is where attachments lie. */
export async function openStorage(
  where: Where,
  blobs: Blobs,
  onEvent: (event: StorageEvent) => void,
) {
  const ch = await openClickHouse(where)
  await migrate(ch)
  const reader = readSideBySide(ch, where.statementsMax)
  const Newest = z.object({ xact_id: z.string() })
  const [newest] = await ch.rows(
    Newest,
    sql`SELECT max(xact_id) AS xact_id FROM (
          SELECT max(xact_id) AS xact_id FROM spans UNION ALL
          SELECT max(xact_id) FROM feedback UNION ALL SELECT max(xact_id) FROM catalog UNION ALL
          SELECT max(xact_id) FROM dataset_records UNION ALL
          SELECT max(xact_id) FROM attachments)`,
  )
  const newestId = newest?.xact_id ?? '0'
  const xactIds = new TransactionIds(BigInt(newestId))
  // A transaction id tells its second: what it wrote came before that second's end.
  tickAfter(xactAt(newestId) + 1_000_000)
  const catalog = await Catalog.open(ch, xactIds)
  const onExperiment = ({ id: experimentId, project_id: projectId }: Experiment) =>
    onEvent({ kind: 'experiment_changed', projectId, experimentId })
  const experiments = new Experiments(catalog, onExperiment)
  const onChanged = (changed: Changed) => {
    const experiment = experiments.get(changed.projectId)
    if (experiment) onExperiment(experiment)
    else onEvent({ kind: 'changed', changed })
  }
  // Two lanes: a vote does not wait for a flood of spans.
  const told = new ToldProjects(reader)
  const commit = commitRows(ch, await Patches.open(ch), new RecentRows(), told)
  const rows = new Writer(
    { commit, keyOf, besideBytes: BESIDE_BYTES, pace: new Pace(ROWS_PACE) },
    onChanged,
  )
  const events = new Writer(
    {
      commit: commitFeedback(ch),
      keyOf: (event) => event.feedbackId,
      besideBytes: 0,
      pace: new Pace(EVENTS_PACE),
    },
    onChanged,
  )
  const records = new Writer(
    {
      commit: commitRecords(ch),
      keyOf: ({ datasetId, id }) => `${datasetId} ${id}`,
      besideBytes: BESIDE_BYTES,
      pace: new Pace(EVENTS_PACE),
    },
    onChanged,
  )
  const wordIndexing = new WordIndexing(ch)
  wordIndexing.written()
  const inFlight = new Set<Promise<unknown>>()
  async function settledVersion(): Promise<string> {
    const xactId = xactIds.next()
    await Promise.allSettled(inFlight)
    return xactId
  }
  const recordReads = recordQueries(reader, settledVersion)
  const bounded = boundedQueries(reader, told)
  const ledger = ledgerQueries(reader, bounded)
  const traces = traceQueries(reader, bounded, ledger)
  const comparison = comparisonQueries(reader)
  return {
    keys: new Keys(catalog),
    projects: new Projects(reader, catalog, () => onEvent({ kind: 'project_created' })),
    feedback: ledger,
    traces,
    scores: scoreQueries(reader),
    /** How many rows of a source a filter lets through. Throws AppError `query_too_large`. */
    count: (question: Question) => count(bounded, question),
    /** The same rows by group. Throws AppError `query_too_large`. */
    groups: (question: GroupQuestion) => groups(bounded, question),
    spans: spanQueries(reader, traces),
    attachments: new Attachments(reader, blobs, xactIds),
    datasets: new Datasets(catalog),
    experiments,
    comparison,
    experimentPages: experimentPages(experiments, comparison, traces),
    snapshots: new Snapshots(catalog),
    records: recordReads,
    btql: btqlQueries(reader, ledger, recordReads),
    /** The writes that make a dataset again what it was at a version, some at a time. */
    restoreSteps: (dataset: Dataset, version: string) =>
      restoreSteps(recordReads, dataset, version),
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
      await Promise.all([
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
    version: settledVersion,
    /** Answers when the engine does. */
    ping: async () => void (await ch.rows(z.object({ ok: z.number() }), sql`SELECT 1 AS ok`)),
    /** Finishes what was taken, then closes the engine. */
    close: async () => {
      await Promise.all([rows.close(), events.close(), records.close(), wordIndexing.close()])
      await ch.close()
    },
  }
}
