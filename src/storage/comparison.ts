import { z } from 'zod'
import type { Comparison, Experiment } from '../wire/experiments.ts'
import { CURRENT_SPANS } from './current-spans.ts'
import type { Bounded } from './filter/bounded.ts'
import { TREE_ORDER } from './filter/second-roots.ts'
import { currentPayloads } from './payload-row.ts'
import { type Sql, sql, strs, uuid } from './sql.ts'

/** Missing partners of a join are null, not zero. */
const JOINED = sql`, join_use_nulls = 1`

/** Means that differ by no more are equal: the order in which the engine adds decides the last digits. */
const SAME = sql`1e-9`

const Row = z.object({
  name: z.string(),
  mean: z.number(),
  n: z.coerce.number(),
  diff: z.number().nullable(),
  base_mean: z.number().nullable(),
  higher: z.coerce.number(),
  lower: z.coerce.number(),
})

/** What experiments came to, case by case. A case is a trace; cases with one input are the same case. */
export const comparisonQueries = (bounded: Bounded) => {
  const compared = (now: Sql, base: Sql): Promise<Comparison[]> =>
    bounded.wide(
      Row,
      sql`SELECT name, sum(now.total) / sum(now.n) AS mean, sum(now.n) AS n,
            avg(now.total / now.n - base.total / base.n) AS diff,
            avg(base.total / base.n) AS base_mean,
            countIf(now.total / now.n - base.total / base.n > ${SAME}) AS higher,
            countIf(base.total / base.n - now.total / now.n > ${SAME}) AS lower
          FROM (${now}) AS now LEFT JOIN (${base}) AS base USING (case, name)
          GROUP BY name ORDER BY name`,
      JOINED,
    )

  return {
    /** The mean of each score over all cases, in order of name, against `base` if there is one. */
    scores: (of: Experiment, base: Experiment | null) =>
      compared(byCase(of.id, judged(of.id)), base ? byCase(base.id, judged(base.id)) : NONE),

    /** The same of `duration`, in seconds, and of token counts. */
    metrics: (of: Experiment, base: Experiment | null) =>
      compared(byCase(of.id, measured(of.id)), base ? byCase(base.id, measured(base.id)) : NONE),

    /** The scores of the base in the same cases, and what was expected, by row id of a root span. */
    ofCases: async (of: Experiment, base: Experiment | null, ids: readonly string[]) => {
      const payloads = await bounded.rows(
        z.object({ id: z.string(), case: z.string(), expected: z.string() }),
        sql`SELECT id, hex(sipHash128(input)) AS case, expected
            FROM ${currentPayloads(sql`project_id = ${uuid(of.id)} AND id IN ${strs(ids)}`)}`,
      )
      const cases = payloads.map((payload) => payload.case)
      const scores = base
        ? await bounded.wide(
            z.object({ key: z.string(), name: z.string(), mean: z.number() }),
            sql`SELECT hex(case) AS key, name, total / n AS mean
                FROM (${byCase(base.id, judged(base.id))})
                WHERE key IN ${strs(cases)} ORDER BY name`,
          )
        : []
      return new Map(
        payloads.map(({ id, case: key, expected }) => [
          id,
          { expected, scores: scores.filter((score) => score.key === key) },
        ]),
      )
    },

    /** How many cases there are. */
    caseCount: async (of: Experiment): Promise<number> => {
      const [row] = await bounded.wide(
        z.object({ n: z.coerce.number() }),
        sql`SELECT uniqExact(trace_id) AS n FROM ${CURRENT_SPANS}
            WHERE project_id = ${uuid(of.id)} AND is_root`,
      )
      return row?.n ?? 0
    },
  }
}

const NONE = sql`SELECT sipHash128('') AS case, '' AS name, 0.5 AS total, toUInt64(1) AS n WHERE 0`

/** Values by trace, as rows (trace_id, name, value), added up by case. */
const byCase = (id: string, values: Sql): Sql => sql`
  SELECT case, name, sum(value) AS total, count() AS n
  FROM (${values}) AS value
  INNER JOIN (
    SELECT trace_id, sipHash128(argMin(input, place)) AS case
    FROM (SELECT id, trace_id, ${TREE_ORDER} AS place FROM ${CURRENT_SPANS}
          WHERE project_id = ${uuid(id)} AND is_root) AS root
    INNER JOIN ${currentPayloads(sql`project_id = ${uuid(id)}`)} AS payload USING (id)
    GROUP BY trace_id
  ) AS root USING (trace_id)
  GROUP BY case, name`

/**
 * The mean of all judgements of each trace: the rule of averages.ts. On a span count the current votes,
 * and only where there is none the score that the program logged itself.
 */
const judged = (id: string): Sql => sql`
  WITH current AS (
    SELECT target, user, score.1 AS name,
      argMax(tuple(score.2), (ordered_at, feedback_id)).1 AS vote
    FROM feedback FINAL
    ARRAY JOIN arrayConcat(
      CAST(scores AS Array(Tuple(String, Nullable(Float64)))),
      arrayMap(name -> (name, NULL), retracts)
    ) AS score
    WHERE project_id = ${uuid(id)}
    GROUP BY target, user, name
  )
  SELECT trace_id, name, avg(score) AS value
  FROM (
    SELECT trace_id, name, assumeNotNull(vote) AS score
    FROM current
    INNER JOIN (SELECT id, trace_id FROM ${CURRENT_SPANS} WHERE project_id = ${uuid(id)}) AS span
      ON target = span.id
    WHERE vote IS NOT NULL
    UNION ALL
    SELECT trace_id, name, score
    FROM ${CURRENT_SPANS} ARRAY JOIN mapKeys(scores) AS name, mapValues(scores) AS score
    WHERE project_id = ${uuid(id)} AND notEmpty(scores)
      AND (id, name) NOT IN (SELECT target, name FROM current WHERE vote IS NOT NULL)
  )
  GROUP BY trace_id, name`

/** What the program under test took, without what its scorers took. */
const measured = (id: string): Sql => sql`
  SELECT trace_id, metric.1 AS name, sum(metric.2) AS value
  FROM ${CURRENT_SPANS}
  ARRAY JOIN arrayConcat(
    if(type = 'task' AND end_time IS NOT NULL AND start_time IS NOT NULL,
      [('duration', assumeNotNull(end_time) - assumeNotNull(start_time))], []),
    arrayMap(name -> (if(name = 'tokens', 'total_tokens', name), metrics[name]),
      arrayFilter(name -> mapContains(metrics, name),
        ['prompt_tokens', 'completion_tokens', 'tokens']))
  ) AS metric
  WHERE project_id = ${uuid(id)} AND id NOT IN (
    SELECT id FROM ${currentPayloads(sql`project_id = ${uuid(id)}`)}
    WHERE JSONExtractString(rest, 'span_attributes', 'purpose') = 'scorer')
  GROUP BY trace_id, name`
