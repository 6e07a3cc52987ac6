import { z } from 'zod'
import type { Average } from '../wire/common.ts'
import { averages } from './averages.ts'
import { CURRENT_SPANS } from './current-spans.ts'
import type { Bounded } from './filter/bounded.ts'
import { units } from './filter/judged.ts'
import { sql, uuid } from './sql.ts'

export const scoreQueries = (bounded: Bounded) => ({
  /**
   * Means of all judgements of a project, by score name: the rule of averages.ts, in the engine's
   * words. Votes on spans that have not arrived do not count yet. Order: by name.
   */
  ofProject: async (projectId: string): Promise<Average[]> => {
    const Row = z.object({ name: z.string(), sum: z.string(), n: z.coerce.number() })
    const project = sql`project_id = ${uuid(projectId)}`
    const rows = await bounded.wide(
      Row,
      sql`
      WITH current AS (
        SELECT target, user, score.1 AS name,
          argMax(tuple(score.2), (ordered_at, feedback_id)).1 AS value
        FROM feedback FINAL
        ARRAY JOIN arrayConcat(
          CAST(scores AS Array(Tuple(String, Nullable(Float64)))),
          arrayMap(name -> (name, NULL), retracts)
        ) AS score
        WHERE ${project}
        GROUP BY target, user, name
      )
      SELECT name, toString(sum(${units(sql`judged`)})) AS sum, count() AS n
      FROM (
        SELECT name, assumeNotNull(value) AS judged FROM current
        WHERE value IS NOT NULL
          AND target IN (SELECT id FROM ${CURRENT_SPANS} WHERE ${project}
            AND id IN (SELECT target FROM current))
        UNION ALL
        SELECT name, judged FROM ${CURRENT_SPANS}
        ARRAY JOIN mapKeys(scores) AS name, mapValues(scores) AS judged
        WHERE ${project} AND notEmpty(scores) AND (id, name) NOT IN (
            SELECT target, name FROM current WHERE value IS NOT NULL)
      )
      GROUP BY name`,
    )
    return averages(new Map(rows.map(({ name, sum, n }) => [name, { sum: BigInt(sum), n }])))
  },
})
