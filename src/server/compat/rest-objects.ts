import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { Storage } from '../../storage/index.ts'
import { CreateDataset, CreateExperiment, CreateProject, ListObjects } from '../../wire/rest.ts'
import { check, readJson } from '../body.ts'
import type { Env } from '../env.ts'
import { ancestorOf, summaryOf } from './experiments.ts'
import { pageOf } from './links.ts'
import { REQUEST_BYTES_MAX } from './requests.ts'

/** A query says `true` in the manner of its language. */
const Flag = z
  .string()
  .transform((text) => text.toLowerCase() === 'true')
  .optional()

const SummarizeDataset = z.object({ summarize_data: Flag })

const SummarizeExperiment = z.object({
  summarize_scores: Flag,
  comparison_experiment_id: z.string().optional(),
})

const read = async (c: Context) => (await readJson(c, REQUEST_BYTES_MAX)).value

/** Tells that a name was taken, and its thing is answered as it was. */
const foundExisting = (c: Context, isFound: boolean) => {
  if (isFound) c.header('x-bt-found-existing', 'true')
}

/** Projects, datasets and experiments by REST: for who calls by hand, and what the Python SDK registers with. */
export const restObjectRoutes = ({
  comparison,
  datasets,
  experiments,
  projects,
  records,
}: Storage) => {
  /** Those of one project or of all; none where the project is not there. */
  function listed<T>(c: Context, of: (projectId: string) => readonly T[]): T[] {
    const { project_id, project_name, limit } = check(ListObjects, c.req.query())
    return projects
      .all()
      .filter((one) => project_id === undefined || one.id === project_id)
      .filter((one) => project_name === undefined || one.name === project_name)
      .flatMap((one) => of(one.id))
      .slice(0, limit)
  }
  const matches = (asked: string | undefined) => (one: { readonly name: string }) =>
    asked === undefined || one.name === asked

  return new Hono<Env>()
    .post('/v1/project', async (c) => {
      const { name } = check(CreateProject, await read(c))
      return c.json(await projects.ensure({ project_name: name }))
    })
    .get('/v1/project', (c) => {
      const all = projects.all()
      return c.json({ objects: listed(c, (id) => all.filter((one) => one.id === id)) })
    })
    .get('/v1/project/:id', async (c) =>
      c.json(await projects.find({ project_id: c.req.param('id') })),
    )
    .post('/v1/dataset', async (c) => {
      const { project_id, ...input } = check(CreateDataset, await read(c))
      const project = await projects.find({ project_id })
      const { dataset, isNew } = await datasets.ensure(project.id, input)
      foundExisting(c, !isNew)
      return c.json(dataset)
    })
    .get('/v1/dataset', (c) => {
      const isAsked = matches(c.req.query('dataset_name'))
      return c.json({ objects: listed(c, (id) => datasets.list(id).filter(isAsked)) })
    })
    .get('/v1/dataset/:id', (c) => c.json(datasets.find(c.req.param('id'))))
    .get('/v1/dataset/:id/summarize', async (c) => {
      const { summarize_data } = check(SummarizeDataset, c.req.query())
      const dataset = datasets.find(c.req.param('id'))
      const project = await projects.find({ project_id: dataset.project_id })
      const total = summarize_data ? { total_records: await records.count(dataset) } : null
      return c.json({
        project_name: project.name,
        dataset_name: dataset.name,
        project_url: pageOf(c, project.name),
        dataset_url: pageOf(c, project.name, 'datasets', dataset.name),
        data_summary: total,
      })
    })
    .post('/v1/experiment', async (c) => {
      const { project_id, ensure_new, ancestor_commits, ...input } = check(
        CreateExperiment,
        await read(c),
      )
      const project = await projects.find({ project_id })
      const base =
        input.base_exp_id ?? ancestorOf(experiments.list(project.id), ancestor_commits ?? [])
      if (base) experiments.find(base)
      const { experiment, isNew } = await experiments.register(
        project.id,
        { ...input, base_exp_id: base },
        !ensure_new,
      )
      foundExisting(c, !isNew)
      return c.json(experiment)
    })
    .get('/v1/experiment', (c) => {
      const isAsked = matches(c.req.query('experiment_name'))
      return c.json({ objects: listed(c, (id) => experiments.list(id).filter(isAsked)) })
    })
    .get('/v1/experiment/:id', (c) => c.json(experiments.find(c.req.param('id'))))
    .get('/v1/experiment/:id/summarize', async (c) => {
      const asked = check(SummarizeExperiment, c.req.query())
      const experiment = experiments.find(c.req.param('id'))
      const project = await projects.find({ project_id: experiment.project_id })
      const base = asked.comparison_experiment_id
        ? experiments.find(asked.comparison_experiment_id)
        : experiments.baseOf(experiment)
      const summary = asked.summarize_scores ? await summaryOf(comparison, experiment, base) : {}
      return c.json({
        project_name: project.name,
        experiment_name: experiment.name,
        project_url: pageOf(c, project.name),
        experiment_url: pageOf(c, project.name, 'experiments', experiment.name),
        comparison_experiment_name: base?.name ?? null,
        ...summary,
      })
    })
}
