import type { DatasetPage } from '../wire/datasets.ts'
import type { Datasets } from './datasets.ts'
import { listedPage } from './listed-page.ts'
import type { recordQueries } from './records.ts'
import type { Snapshots } from './snapshots.ts'

/** What the dashboard shows of datasets, beside their records. */
export function datasetPages(
  datasets: Datasets,
  snapshots: Snapshots,
  records: ReturnType<typeof recordQueries>,
) {
  return {
    /** Of a project, newest first, or the one of a name. Throws AppError `invalid_request` for a wrong cursor. */
    page: async (
      projectId: string,
      { name, ...page }: { name?: string | undefined; limit: number; cursor?: string | undefined },
    ): Promise<DatasetPage> => {
      const all = datasets.list(projectId).filter((one) => name === undefined || one.name === name)
      const { items, cursor } = listedPage(all, page)
      const counts = await records.counts(
        projectId,
        items.map(({ id }) => id),
      )
      const summaries = items.map((dataset) => ({
        ...dataset,
        record_count: counts.get(dataset.id) ?? 0,
        snapshots: snapshots.list(dataset.id),
      }))
      return { datasets: summaries, cursor }
    },
  }
}
