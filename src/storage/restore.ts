import { isDeepStrictEqual } from 'node:util'
import type { Dataset } from '../wire/datasets.ts'
import { deliveryOf } from './commit-records.ts'
import type { recordQueries } from './records.ts'
import { tick } from './time.ts'
import type { RecordWrite } from './writes.ts'

/** How many records are compared at once. */
const STEP = 500

/** Some of the writes that make a dataset again what it was at a version. */
export interface RestoreStep {
  readonly restored: readonly RecordWrite[]
  readonly deleted: readonly RecordWrite[]
}

/** What has to be written so that a dataset is again what it was at a version, some at a time. */
export async function* restoreSteps(
  records: ReturnType<typeof recordQueries>,
  dataset: Dataset,
  version: string,
): AsyncGenerator<RestoreStep> {
  let last = ''
  for (;;) {
    const ids = await records.changedSince(dataset, version, last, STEP)
    last = ids.at(-1) ?? ''
    if (ids.length === 0) return
    const [then, now] = await Promise.all([
      records.at(dataset, ids, version),
      records.at(dataset, ids),
    ])
    const write = (id: string, kind: 'whole' | 'delete'): RecordWrite => {
      const at = tick()
      const row = then.get(id)?.row ?? {}
      const place = { projectId: dataset.project_id, datasetId: dataset.id, id }
      // Not the delivery of long ago again, but a write of its own.
      return { ...place, kind, at, row, delivery: deliveryOf(kind, { restored_at: at }, at) }
    }
    yield {
      restored: ids
        .filter((id) => then.has(id) && !isDeepStrictEqual(then.get(id)?.row, now.get(id)?.row))
        .map((id) => write(id, 'whole')),
      deleted: ids.filter((id) => now.has(id) && !then.has(id)).map((id) => write(id, 'delete')),
    }
  }
}
