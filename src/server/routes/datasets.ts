import { Hono } from 'hono'
import { z } from 'zod'
import type { Storage } from '../../storage/index.ts'
import { ProjectRef } from '../../wire/common.ts'
import { check } from '../body.ts'
import type { Env } from '../env.ts'

const Which = ProjectRef.extend({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().optional(),
  name: z.string().optional(),
})

/** `/v1/datasets`: the datasets of a project, with what is in them. Their records: `/v1/dataset/{id}/fetch`. */
export const datasetPageRoutes = ({ datasetPages, projects }: Storage) =>
  new Hono<Env>().get('/', async (c) => {
    const { name, limit, cursor, ...ref } = check(Which, c.req.query())
    const { id } = await projects.find(ref)
    return c.json(await datasetPages.page(id, { name, limit, cursor }))
  })
