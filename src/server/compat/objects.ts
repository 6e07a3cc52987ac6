import { Hono } from 'hono'
import { z } from 'zod'
import type { Storage } from '../../storage/index.ts'
import { check, readJson } from '../body.ts'
import type { Env } from '../env.ts'
import { REQUEST_BYTES_MAX } from './requests.ts'

const Ask = z.object({
  object_type: z.literal('dataset', 'must be dataset'),
  object_ids: z.array(z.string('must be a string'), 'must be a list').max(100),
})

/** Of the official SDKs: what stands behind an id. One that is unknown is left out. */
export const objectRoutes = ({ datasets, projects }: Storage) =>
  new Hono<Env>().post('/api/self/get_object_info', async (c) => {
    const { object_ids } = check(Ask, (await readJson(c, REQUEST_BYTES_MAX)).value)
    const found = datasets.list().filter(({ id }) => object_ids.includes(id))
    const answer = found.map(async ({ id, name, project_id }) => {
      const project = await projects.find({ project_id })
      const parent_cols = { project: { id: project.id, name: project.name } }
      return { object_id: id, object_name: name, parent_cols }
    })
    return c.json(await Promise.all(answer))
  })
