import { Hono } from 'hono'
import { z } from 'zod'
import type { Storage } from '../../storage/index.ts'
import { ProjectRef } from '../../wire/common.ts'
import { check } from '../body.ts'
import type { Env } from '../env.ts'

const Page = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().optional(),
})

const Which = ProjectRef.extend({ ...Page.shape, name: z.string().optional() })

/** `/v1/experiments`: what came of the experiments of a project, and the cases of one. */
export const experimentPageRoutes = ({ experiments, experimentPages, projects }: Storage) =>
  new Hono<Env>()
    .get('/', async (c) => {
      const { name, limit, cursor, ...ref } = check(Which, c.req.query())
      const { id } = await projects.find(ref)
      return c.json(await experimentPages.page(id, { name, limit, cursor }))
    })
    .get('/:id/cases', async (c) => {
      const experiment = experiments.find(c.req.param('id'))
      return c.json(await experimentPages.cases(experiment, check(Page, c.req.query())))
    })
