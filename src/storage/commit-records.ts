import { createHash } from 'node:crypto'
import type { ClickHouse } from './clickhouse.ts'
import type { RowJson } from './merge.ts'
import type { Commit } from './writer.ts'
import type { RecordWrite } from './writes.ts'

/** Appends the writes of several requests to their datasets: resolves when all is committed and synced. */
export const commitRecords =
  (ch: ClickHouse): Commit<RecordWrite> =>
  async (group) => {
    await ch.insert(
      'dataset_records',
      group.flatMap(({ items, xactId }) => items.map((write) => recordRow(write, xactId))),
    )
    return async () => []
  }

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
