import { Hono } from 'hono'
import { z } from 'zod'
import type { Storage } from '../../storage/index.ts'
import { Name } from '../../wire/common.ts'
import { Version } from '../../wire/datasets.ts'
import { check, readJson } from '../body.ts'
import type { Env } from '../env.ts'
import { REQUEST_BYTES_MAX } from './requests.ts'

const Text = z.string('must be a string')
const Description = Text.max(100_000).nullish()

const Get = z.object({ dataset_id: Text, name: Name.nullish(), xact_id: Version.nullish() })

const Register = z.object({
  dataset_id: Text,
  dataset_snapshot_name: Name,
  description: Description,
  xact_id: Version,
  update: z.boolean().nullish(),
})

const Patch = z.object({ id: Text, name: Name.nullish(), description: Description })

const Delete = z.object({ id: Text })

/** Of the official SDKs: names for versions of datasets. */
export const snapshotRoutes = ({ datasets, snapshots }: Storage) =>
  new Hono<Env>()
    .post('/api/dataset_snapshot/get', async (c) => {
      const { value } = await readJson(c, REQUEST_BYTES_MAX)
      const { dataset_id, name, xact_id } = check(Get, value)
      const found = snapshots
        .list(datasets.find(dataset_id).id)
        .filter((one) => (name ? one.name === name : true))
        .filter((one) => (xact_id ? one.xact_id === xact_id : true))
      return c.json(found)
    })
    .post('/api/dataset_snapshot/register', async (c) => {
      const { value } = await readJson(c, REQUEST_BYTES_MAX)
      const asked = check(Register, value)
      const snapshot = await snapshots.name(datasets.find(asked.dataset_id).id, {
        name: asked.dataset_snapshot_name,
        description: asked.description ?? null,
        xactId: asked.xact_id,
        isUpdate: asked.update ?? false,
      })
      return c.json({ dataset_snapshot: snapshot })
    })
    .post('/api/dataset_snapshot/patch_id', async (c) => {
      const { value } = await readJson(c, REQUEST_BYTES_MAX)
      const { id, name, description } = check(Patch, value)
      return c.json(await snapshots.change(id, { name: name ?? undefined, description }))
    })
    .post('/api/dataset_snapshot/delete_id', async (c) => {
      const { value } = await readJson(c, REQUEST_BYTES_MAX)
      return c.json(await snapshots.delete(check(Delete, value).id))
    })
