import { Hono } from 'hono'
import { z } from 'zod'
import { AppError } from '../../errors.ts'
import type { Storage } from '../../storage/index.ts'
import { ContainerRef, Id, ProjectRef } from '../../wire/common.ts'
import { check } from '../body.ts'
import type { Env } from '../env.ts'
import { checkedFilter } from '../filter.ts'

const Page = ContainerRef.extend({
  limit: z.coerce.number().int().min(1).max(1000).default(50),
  cursor: z.string().optional(),
  filter: z.string().optional(),
})

const FeedbackQuery = Page.extend({
  status: z.enum(['attached', 'pending'], 'must be attached or pending').optional(),
  id: Id.optional(),
})

/**
 * Reading of projects, traces, spans, scores and feedback: all of them of one project, or of one experiment,
 * except the list of projects.
 */
export const readRoutes = (storage: Storage) => {
  const { projects, experiments, traces, spans, scores, feedback } = storage
  const containerId = async ({ experiment_id, ...project }: ContainerRef): Promise<string> =>
    experiment_id === undefined
      ? (await projects.find(project)).id
      : experiments.find(experiment_id).id
  return new Hono<Env>()
    .get('/projects', async (c) => c.json({ org: c.var.org.name, projects: await projects.list() }))
    .get('/traces', async (c) => {
      const { limit, cursor, filter: text, ...ref } = check(Page, c.req.query())
      const filter = checkedFilter('traces', text)
      const id = await containerId(ref)
      return c.json(await traces.page(id, { filter, limit, cursor }))
    })
    .get('/traces/:traceId', async (c) => {
      const id = await containerId(check(ContainerRef, c.req.query()))
      const trace = await traces.find(id, c.req.param('traceId'))
      if (!trace) throw new AppError('trace_not_found', { trace_id: c.req.param('traceId') })
      return c.json(trace)
    })
    .get('/spans', async (c) => {
      const { limit, cursor, filter: text, ...ref } = check(Page, c.req.query())
      const filter = checkedFilter('spans', text)
      const id = await containerId(ref)
      return c.json(await traces.spans(id, { filter, limit, cursor }))
    })
    .get('/spans/:id', async (c) => {
      const id = await containerId(check(ContainerRef, c.req.query()))
      return c.json(await spans.get(id, c.req.param('id')))
    })
    .get('/scores', async (c) => {
      const { id } = await projects.find(check(ProjectRef, c.req.query()))
      return c.json({ scores: await scores.ofProject(id) })
    })
    .get('/feedback', async (c) => {
      const { limit, cursor, status, id: target, ...asked } = check(FeedbackQuery, c.req.query())
      const filter = checkedFilter('feedback', asked.filter)
      const id = await containerId(asked)
      return c.json(await feedback.page(id, { status, target, filter }, limit, cursor))
    })
    .get('/feedback/:feedbackId', async (c) => {
      const id = await containerId(check(ContainerRef, c.req.query()))
      const found = await feedback.get(id, c.req.param('feedbackId'))
      if (!found) throw new AppError('feedback_not_found')
      return c.json(found)
    })
}
