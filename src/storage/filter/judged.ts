import { UNITS } from '../averages.ts'
import { float, type Sql, sql, str } from '../sql.ts'
import type { Scope } from './scope.ts'

/**
 * The judgements under one name on spans that have arrived, added up by span: rows (id, trace_id,
 * units, n). The rule of averages.ts in the engine's words: the newest vote of each user that is not
 * retracted, and only where there is none the score that the program logged itself.
 */
export const judged = (name: string, scope: Scope): Sql => sql`
  SELECT id, trace_id, if(votes > 0, vote_units, own_units) AS units, if(votes > 0, votes, 1) AS n
  FROM (
    SELECT id, trace_id, mapContains(scores, ${str(name)}) AS is_own,
      ${units(sql`scores[${str(name)}]`)} AS own_units
    FROM spans FINAL
    WHERE ${scope.spans} AND (
      mapContains(scores, ${str(name)}) OR id IN (
        SELECT target FROM feedback WHERE ${scope.feedback} AND mapContains(scores, ${str(name)})))
  ) AS span
  LEFT JOIN (${votes(name, scope)}) AS voted USING (id)
  WHERE is_own OR votes > 0`

/** The current votes under a name, added up by what they are on: rows (id, votes, vote_units). */
const votes = (name: string, scope: Scope): Sql => sql`
  SELECT id, count() AS votes, sum(${units(sql`assumeNotNull(value)`)}) AS vote_units
  FROM (
    SELECT target AS id, argMax(tuple(vote), (judged_at, feedback_id)).1 AS value
    FROM (
      SELECT target, user, judged_at, feedback_id,
        if(mapContains(scores, ${str(name)}), scores[${str(name)}], NULL) AS vote
      FROM feedback FINAL
      WHERE ${scope.feedback}
        AND (mapContains(scores, ${str(name)}) OR has(retracts, ${str(name)}))
    )
    GROUP BY target, user
  )
  WHERE value IS NOT NULL
  GROUP BY id`

/** A score in whole units, rounded as averages.ts rounds. */
export const units = (value: Sql): Sql => sql`toInt128(floor(${value} * ${float(UNITS)} + 0.5))`

/** The mean of sums of units: the number that averages.ts shows. */
export const mean = (sum: Sql, n: Sql): Sql =>
  sql`toFloat64(${sum}) / (toFloat64(${n}) * ${float(UNITS)})`

/** Judgements on a span itself, by row id. */
export const ownMeans = (name: string, scope: Scope): Sql =>
  sql`SELECT id AS key, ${mean(sql`units`, sql`n`)} AS value FROM (${judged(name, scope)})`

/** Averages of whole traces, by trace id. */
export const traceMeans = (name: string, scope: Scope): Sql => sql`
  SELECT trace_id AS key, ${mean(sql`sum(units)`, sql`sum(n)`)} AS value
  FROM (${judged(name, scope)})
  GROUP BY trace_id`
