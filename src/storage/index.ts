import { z } from 'zod'
import type { Dataset } from '../wire/datasets.ts'
import type { Experiment } from '../wire/experiments.ts'
import { Attachments } from './attachments.ts'
import type { Blobs } from './blobs/blobs.ts'
import { btqlQueries } from './btql/index.ts'
import { Catalog } from './catalog.ts'
import { openClickHouse, type Where } from './clickhouse.ts'
import { comparisonQueries } from './comparison.ts'
import { datasetPages } from './dataset-pages.ts'
import { Datasets } from './datasets.ts'
import { experimentPages } from './experiment-pages.ts'
import { Experiments } from './experiments.ts'
import { boundedQueries } from './filter/bounded.ts'
import { type GroupQuestion, groups } from './filter/groups.ts'
import { count, type Question } from './filter/matching.ts'
import { Keys } from './keys.ts'
import { openLanes } from './lanes.ts'
import { ledgerQueries } from './ledger.ts'
import { migrate } from './migrate.ts'
import { Projects } from './projects.ts'
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
import type { Changed } from './writes.ts'
import { TransactionIds, xactAt } from './xact.ts'

export type { Blobs } from './blobs/blobs.ts'
export { blobDirectory } from './blobs/directory.ts'
export type { Where } from './clickhouse.ts'
export { deliveryOf } from './commit-records.ts'
export { GROUP_BY_MAX, GROUP_VALUES_MAX } from './filter/groups.ts'
export { clockSkew, orderedAt, tick, writtenAt } from './time.ts'
export type { Changed, FeedbackWrite, RecordWrite, SpanWrite } from './writes.ts'

/** What happened, told after it is committed and readable. */
export type StorageEvent =
  | { readonly kind: 'changed'; readonly changed: Changed }
  | {
      readonly kind: 'experiment_changed'
      readonly projectId: string
      readonly experimentId: string
    }
  | { readonly kind: 'dataset_changed'; readonly projectId: string; readonly datasetId: string }
  | { readonly kind: 'project_created' }

export type Storage = Awaited<ReturnType<typeof openStorage>>

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
  const onDataset = ({ id: datasetId, project_id: projectId }: Dataset) =>
    onEvent({ kind: 'dataset_changed', projectId, datasetId })
  const datasets = new Datasets(catalog, onDataset)
  const snapshots = new Snapshots(catalog, (id) => onDataset(datasets.find(id)))
  const onChanged = (changed: Changed) => {
    const experiment = experiments.get(changed.projectId)
    const dataset = datasets.get(changed.projectId)
    if (experiment) onExperiment(experiment)
    else if (dataset) onDataset(dataset)
    else onEvent({ kind: 'changed', changed })
  }
  const told = new ToldProjects(reader)
  const lanes = await openLanes({ ch, told, xactIds, onChanged })
  const bounded = boundedQueries(reader, told)
  const recordReads = recordQueries(reader, bounded, lanes.version)
  const ledger = ledgerQueries(reader, bounded)
  const traces = traceQueries(reader, bounded, ledger)
  const comparison = comparisonQueries(bounded)
  let asking: Promise<unknown> | undefined
  return {
    keys: new Keys(catalog),
    projects: new Projects(bounded, catalog, () => onEvent({ kind: 'project_created' })),
    feedback: ledger,
    traces,
    scores: scoreQueries(bounded),
    /** How many rows of a source a filter lets through. Throws AppError `query_too_large`. */
    count: (question: Question) => count(bounded, question),
    /** The same rows by group. Throws AppError `query_too_large`. */
    groups: (question: GroupQuestion) => groups(bounded, question),
    spans: spanQueries(reader, traces),
    attachments: new Attachments(reader, blobs, xactIds),
    datasets,
    datasetPages: datasetPages(datasets, snapshots, recordReads),
    experiments,
    comparison,
    experimentPages: experimentPages(experiments, comparison, traces),
    snapshots,
    records: recordReads,
    btql: btqlQueries(reader, ledger, recordReads),
    /** The writes that make a dataset again what it was at a version, some at a time. */
    restoreSteps: (dataset: Dataset, version: string) =>
      restoreSteps(recordReads, dataset, version),
    write: lanes.write,
    version: lanes.version,
    /** Answers when the engine does: one question for all who ask meanwhile, who may be anybody. */
    ping: async () => {
      asking ??= ch.rows(z.object({ ok: z.number() }), sql`SELECT 1 AS ok`).finally(() => {
        asking = undefined
      })
      await asking
    },
    /** Finishes what was taken, then closes the engine; what is held in memory is still known. */
    close: async () => {
      await Promise.all([catalog.close(), lanes.close()])
      await ch.close()
    },
  }
}
