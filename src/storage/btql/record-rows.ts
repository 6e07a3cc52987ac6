import type { Dataset } from '../../wire/datasets.ts'
import type { RowJson } from '../merge.ts'
import type { DatasetRecord } from '../records.ts'

/**
 * A record as it travels. `expected` is always there: without it the official SDKs take a record for
 * one of an older form. One that was written with `output` alone means that as its expected.
 */
export function recordRow(dataset: Dataset, { id, xactId, created, row }: DatasetRecord): RowJson {
  const { org_id, project_name, log_id, output, ...rest } = row
  return {
    ...rest,
    id,
    _xact_id: xactId,
    _pagination_key: `p${xactId}`,
    created: row.created ?? created,
    project_id: dataset.project_id,
    dataset_id: dataset.id,
    input: row.input ?? null,
    expected: row.expected ?? output ?? null,
    metadata: row.metadata ?? null,
    tags: row.tags ?? null,
    origin: row.origin ?? null,
    is_root: true,
    span_id: row.span_id ?? id,
    root_span_id: row.root_span_id ?? row.span_id ?? id,
  }
}
