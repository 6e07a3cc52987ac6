import { Hono } from 'hono'
import { z } from 'zod'
import { AppError } from '../../errors.ts'
import type { Storage } from '../../storage/index.ts'
import { Name } from '../../wire/common.ts'
import { type Comparison, type Experiment, ExperimentInput } from '../../wire/experiments.ts'
import { check, readJson } from '../body.ts'
import type { Env } from '../env.ts'
import { namedProject, ProjectNames, REQUEST_BYTES_MAX } from './requests.ts'

const Text = z.string('must be a string')

const Register = ProjectNames.extend({
  ...ExperimentInput.omit({ name: true }).shape,
  experiment_name: Name.nullish(),
  update: z.boolean('must be true or false').nullish(),
  base_experiment: Text.nullish(),
  ancestor_commits: z.array(Text, 'must be a list').nullish(),
})

const Get = ProjectNames.extend({ experiment_name: Name })

const Compare = z.object({ experiment_id: Text, base_experiment_id: Text.optional() })

/** Units of metrics, as the official SDKs print them. */
const unitOf = (name: string) => (name === 'duration' ? 's' : 'tok')

/** Of the official SDKs: experiments are registered, opened and compared. Their rows go by `/logs3`. */
export const experimentRoutes = ({ experiments, comparison, projects }: Storage) => {
  /** Throws AppError `base_experiment_not_found`: the SDKs then ask again without it. */
  async function baseIdOf(projectId: string, asked: z.output<typeof Register>) {
    if (asked.base_exp_id) return experiments.find(asked.base_exp_id).id
    if (asked.base_experiment) {
      const base = await experiments.named(projectId, asked.base_experiment)
      if (!base) throw new AppError('base_experiment_not_found', { name: asked.base_experiment })
      return base.id
    }
    return ancestorOf(experiments.list(projectId), asked.ancestor_commits ?? [])
  }

  return new Hono<Env>()
    .post('/api/experiment/register', async (c) => {
      const asked = check(Register, (await readJson(c, REQUEST_BYTES_MAX)).value)
      const project = await projects.ensure(namedProject(asked))
      const base_exp_id = await baseIdOf(project.id, asked)
      const { experiment, isNew } = await experiments.register(
        project.id,
        { ...asked, name: asked.experiment_name, base_exp_id },
        asked.update ?? false,
      )
      return c.json({ project, experiment, found_existing: !isNew })
    })
    .post('/api/experiment/get', async (c) => {
      const asked = check(Get, (await readJson(c, REQUEST_BYTES_MAX)).value)
      const project = await projects.find(namedProject(asked))
      const found = await experiments.named(project.id, asked.experiment_name)
      return c.json(found ? [found] : [])
    })
    .post('/api/base_experiment/get_id', async (c) => {
      const { value } = await readJson(c, REQUEST_BYTES_MAX)
      const base = experiments.baseOf(experiments.find(check(z.object({ id: Text }), value).id))
      if (!base) throw new AppError('base_experiment_not_found')
      return c.json({ base_exp_id: base.id, base_exp_name: base.name })
    })
    .get('/experiment-comparison2', async (c) => {
      const asked = check(Compare, c.req.query())
      const of = experiments.find(asked.experiment_id)
      const base = asked.base_experiment_id ? experiments.find(asked.base_experiment_id) : null
      return c.json(await summaryOf(comparison, of, base))
    })
}

/** The experiment of the nearest commit; of several runs of it, which are in order, the first. */
export function ancestorOf(
  experiments: readonly Experiment[],
  commits: readonly string[],
): string | null {
  for (const commit of commits) {
    const base = experiments.find((one) => one.repo_info?.commit === commit)
    if (base) return base.id
  }
  return null
}

/** The SDKs print the difference of a metric as a share of the base. */
const relative = ({ diff, base_mean }: Comparison) =>
  diff === null || !base_mean ? {} : { diff: diff / base_mean }

/** An experiment's scores and metrics by name, in the form of the official SDKs. */
export async function summaryOf(
  comparison: Storage['comparison'],
  of: Experiment,
  base: Experiment | null,
) {
  const [scores, metrics] = await Promise.all([
    comparison.scores(of, base),
    comparison.metrics(of, base),
  ])
  return {
    scores: Object.fromEntries(
      scores.map((one) => {
        const { name, mean: score, higher: improvements, lower: regressions } = one
        return [
          name,
          {
            name,
            score,
            ...(one.diff === null ? {} : { diff: one.diff }),
            improvements,
            regressions,
          },
        ]
      }),
    ),
    metrics: Object.fromEntries(
      metrics.map((one) => {
        // Less time and fewer tokens are better.
        const { name, mean: metric, lower: improvements, higher: regressions } = one
        const unit = unitOf(name)
        return [name, { name, metric, unit, ...relative(one), improvements, regressions }]
      }),
    ),
  }
}
