import pLimit from 'p-limit'
import type {
  Experiment,
  ExperimentCasePage,
  ExperimentPage,
  ExperimentSummary,
} from '../wire/experiments.ts'
import type { comparisonQueries } from './comparison.ts'
import type { Experiments } from './experiments.ts'
import { listedPage } from './listed-page.ts'
import { preview } from './preview.ts'
import type { traceQueries } from './traces.ts'

/** How many experiments of a page are added up at once: others ask too. */
const SUMMARIES_MAX = 2

/** What the dashboard shows of experiments. */
export function experimentPages(
  experiments: Experiments,
  comparison: ReturnType<typeof comparisonQueries>,
  traces: ReturnType<typeof traceQueries>,
) {
  async function summary(of: Experiment): Promise<ExperimentSummary> {
    const base = experiments.baseOf(of)
    const [scores, metrics, case_count] = await Promise.all([
      comparison.scores(of, base),
      comparison.metrics(of, base),
      comparison.caseCount(of),
    ])
    return {
      ...of,
      base: base && { id: base.id, name: base.name },
      case_count,
      scores,
      metrics,
    }
  }

  return {
    /** Of a project, newest first, or the one of a name. Throws AppError `invalid_request` for a wrong cursor. */
    page: async (
      projectId: string,
      { name, ...page }: { name?: string | undefined; limit: number; cursor?: string | undefined },
    ): Promise<ExperimentPage> => {
      const all = experiments
        .list(projectId)
        .filter((one) => name === undefined || one.name === name)
      const { items, cursor } = listedPage(all, page)
      const inTurn = pLimit(SUMMARIES_MAX)
      const summaries = items.map((one) => inTurn(() => summary(one)))
      return { experiments: await Promise.all(summaries), cursor }
    },

    /** Its cases, newest first, beside the same cases of its base. */
    cases: async (
      of: Experiment,
      { limit, cursor }: { limit: number; cursor?: string | undefined },
    ): Promise<ExperimentCasePage> => {
      const page = await traces.page(of.id, { filter: undefined, limit, cursor })
      const about = await comparison.ofCases(
        of,
        experiments.baseOf(of),
        page.traces.map(({ id }) => id),
      )
      return {
        cursor: page.cursor,
        cases: page.traces.map(({ id, trace_id, created, input, output, error, scores }) => {
          const { expected = '', scores: base = [] } = about.get(id) ?? {}
          return {
            id,
            trace_id,
            created,
            input,
            output,
            expected: expected === '' ? '' : preview(JSON.parse(expected)),
            error,
            scores,
            base_scores: base.map(({ name, mean }) => ({ name, mean })),
          }
        }),
      }
    },
  }
}
