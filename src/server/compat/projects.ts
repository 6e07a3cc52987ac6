import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { AppError } from '../../errors.ts'
import type { Storage } from '../../storage/index.ts'
import { Name } from '../../wire/common.ts'
import type { Project } from '../../wire/projects.ts'
import { check, readJson } from '../body.ts'
import type { Env } from '../env.ts'
import { REQUEST_BYTES_MAX } from './requests.ts'

const Register = z.object({ project_name: Name })

const ById = z.object({ id: z.uuid('must be a UUID') })

/** Of the official SDKs: projects by name, made when they are new, and by id; from memory where they are known. */
export const projectRoutes = ({ projects }: Storage) =>
  new Hono<Env>()
    .post('/api/project/register', async (c) => {
      const { project_name } = check(Register, (await readJson(c, REQUEST_BYTES_MAX)).value)
      return c.json({ project: inOrg(c, await projects.ensure({ project_name })) })
    })
    .get('/api/project', async (c) => {
      const { id } = check(ById, c.req.query())
      return c.json(inOrg(c, await projects.find({ project_id: id })))
    })
    .post('/api/project/get', async (c) => {
      const { id } = check(ById, (await readJson(c, REQUEST_BYTES_MAX)).value)
      try {
        return c.json([inOrg(c, await projects.find({ project_id: id }))])
      } catch (reason) {
        // The SDKs ask for a list, and say themselves that it is empty.
        if (reason instanceof AppError && reason.code === 'project_not_found') return c.json([])
        throw reason
      }
    })

const inOrg = (c: Context<Env>, project: Project) => ({ ...project, org_id: c.var.org.id })
