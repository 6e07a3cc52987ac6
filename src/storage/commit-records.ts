import { createHash } from 'node:crypto'
import type { ClickHouse } from './clickhouse.ts'
import type { RowJson } from './merge.ts'
import type { Commit } from './writer.ts'
import type { Changed, RecordWrite } from './writes.ts'

/** Appends the writes of several requests to their datasets: resolves when all is committed and synced. */
export const commitRecords =
  (ch: ClickHouse): Commit<RecordWrite> =>
  async (group) => {
    await ch.insert(
      'dataset_records',
      group.flatMap(({ items, xactId }) => items.map((write) => recordRow(write, xactId))),
    )
    const datasetIds = new Set(group.flatMap(({ items }) => items.map((write) => write.datasetId)))
    return async () => [...datasetIds].map(changed)
  }

/** A dataset holds no traces: it stands for all that is in it, where others name their project. */
const changed = (datasetId: string): Changed => ({
  projectId: datasetId,
  traceIds: [],
  feedbackIds: [],
})

function recordRow(write: RecordWrite, xactId: string) {
  const row = JSON.stringify(write.row)
  return {
    project_id: write.projectId,
    dataset_id: write.datasetId,
    id: write.id,
    xact_id: xactId,
    written_at: write.at,
    delivery: write.delivery,
    kind: write.kind,
    bytes: Buffer.byteLength(row),
    row,
  }
}

/**
 * What makes two deliveries one write: a client that says when it wrote (`created`) says the same again;
 * of a change without a time nobody can tell, so each arrival counts.
 */
export function deliveryOf(kind: RecordWrite['kind'], row: RowJson, at: number): string {
  const moment = typeof row.created === 'string' ? '' : ` ${at}`
  const hash = createHash('sha256').update(`${kind}${moment} ${JSON.stringify(row)}`)
  return String(hash.digest().readBigUInt64BE())
}
