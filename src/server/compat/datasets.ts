import { randomBytes } from 'node:crypto'
import { Hono } from 'hono'
import { z } from 'zod'
import type { RecordWrite, Storage } from '../../storage/index.ts'
import { Name } from '../../wire/common.ts'
import { type Dataset, DatasetInput, Version } from '../../wire/datasets.ts'
import { check, readJson } from '../body.ts'
import type { Env } from '../env.ts'
import { namedProject, ProjectNames, REQUEST_BYTES_MAX } from './requests.ts'

const Register = ProjectNames.extend({
  dataset_name: Name.nullish(),
  description: DatasetInput.shape.description,
  metadata: DatasetInput.shape.metadata,
})

const WhichDataset = z.object({ dataset_id: z.string('must be a string') })

const Restore = z.object({ version: Version })

/** Of the official SDKs: datasets are registered, counted and set back. Their records go by `/logs3` and `/btql`. */
export const datasetRoutes = (storage: Storage) => {
  const { datasets, projects, records } = storage
  return (
    new Hono<Env>()
      .post('/api/dataset/register', async (c) => {
        const { value } = await readJson(c, REQUEST_BYTES_MAX)
        const { dataset_name, description, metadata, ...named } = check(Register, value)
        const project = await projects.ensure(namedProject(named))
        const name = dataset_name ?? `dataset-${randomBytes(4).toString('hex')}`
        const { dataset, isNew } = await datasets.ensure(project.id, {
          name,
          description,
          metadata,
        })
        return c.json({ project, dataset, found_existing: !isNew })
      })
      .get('/dataset-summary', async (c) => {
        const dataset = datasets.find(check(WhichDataset, c.req.query()).dataset_id)
        return c.json({ total_records: await records.count(dataset) })
      })
      // As plain text, which the SDKs take as it is.
      .get('/xact-id', async (c) => c.text(await storage.version()))
      .post('/v1/dataset/:id/restore/preview', async (c) => {
        const dataset = datasets.find(c.req.param('id'))
        const { version } = check(Restore, (await readJson(c, REQUEST_BYTES_MAX)).value)
        const { restored, deleted } = await setBack(storage, dataset, version, () => undefined)
        return c.json({ rows_to_restore: restored, rows_to_delete: deleted })
      })
      .post('/v1/dataset/:id/restore', async (c) => {
        const dataset = datasets.find(c.req.param('id'))
        const { version } = check(Restore, (await readJson(c, REQUEST_BYTES_MAX)).value)
        let xactId: string | null = null
        const { restored, deleted } = await setBack(storage, dataset, version, async (writes) => {
          const bytes = Buffer.byteLength(JSON.stringify(writes))
          xactId = await storage.write({ spans: [], feedback: [], records: writes, bytes })
        })
        return c.json({ xact_id: xactId, rows_restored: restored, rows_deleted: deleted })
      })
  )
}

/** Goes through what differs from a version, and counts it. */
async function setBack(
  storage: Storage,
  dataset: Dataset,
  version: string,
  take: (writes: readonly RecordWrite[]) => Promise<void> | undefined,
) {
  const counts = { restored: 0, deleted: 0 }
  for await (const { restored, deleted } of storage.restoreSteps(dataset, version)) {
    counts.restored += restored.length
    counts.deleted += deleted.length
    if (restored.length + deleted.length > 0) await take([...restored, ...deleted])
  }
  return counts
}
