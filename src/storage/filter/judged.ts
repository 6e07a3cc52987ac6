import { UNITS } from '../averages.ts'
import { CURRENT_SPANS } from '../current-spans.ts'
import { float, join, type Sql, sql, str, strs } from '../sql.ts'
import { type FieldSql, flat } from './field-sql.ts'
import type { Scope } from './scope.ts'

/**
 * The judgements under some names on spans that have arrived, added up by span and name: rows (id,
 * trace_id, name, units, n). The rule of averages.ts in the engine's words: the newest vote of each user
 * that is not retracted, and only where there is none the score that the program logged itself.
 */
export const judged = (names: readonly string[], scope: Scope): Sql => sql`
  SELECT id, trace_id, name,
    if(votes > 0, vote_units, own_units) AS units, if(votes > 0, votes, 1) AS n
  FROM (
    SELECT id, trace_id, name, mapContains(scores, name) AS is_own,
      ${units(sql`scores[name]`)} AS own_units
    FROM (
      SELECT id, trace_id, scores FROM ${CURRENT_SPANS}
      WHERE ${scope.spans} AND (
        hasAny(mapKeys(scores), ${strs(names)}) OR id IN (
          SELECT target FROM feedback
          WHERE ${scope.feedback} AND hasAny(mapKeys(scores), ${strs(names)})))
    )
    ARRAY JOIN ${strs(names)} AS name
  ) AS span
  LEFT JOIN (${votes(names, scope)}) AS voted USING (id, name)
  WHERE is_own OR votes > 0`

/** The current votes, added up by what they are on: rows (id, name, votes, vote_units). */
const votes = (names: readonly string[], scope: Scope): Sql => sql`
  SELECT id, name, count() AS votes, sum(${units(sql`assumeNotNull(value)`)}) AS vote_units
  FROM (
    SELECT target AS id, name, argMax(tuple(vote), (ordered_at, feedback_id)).1 AS value
    FROM (
      SELECT target, user, ordered_at, feedback_id, name,
        if(mapContains(scores, name), scores[name], NULL) AS vote
      FROM feedback FINAL
      ARRAY JOIN ${strs(names)} AS name
      WHERE ${scope.feedback} AND (mapContains(scores, name) OR has(retracts, name))
    )
    GROUP BY target, user, name
  )
  WHERE value IS NOT NULL
  GROUP BY id, name`

/** A score in whole units, rounded as averages.ts rounds. */
export const units = (value: Sql): Sql => sql`toInt128(floor(${value} * ${float(UNITS)} + 0.5))`

/** The mean of sums of units: the number that averages.ts shows. */
export const mean = (sum: Sql, n: Sql): Sql =>
  sql`toFloat64(${sum}) / (toFloat64(${n}) * ${float(UNITS)})`

/** Means under one name, by `key`: the row id of each span, or the id of its trace. */
export const means = (key: Sql, name: string, scope: Scope): Sql => sql`
  SELECT ${key} AS key, ${mean(sql`sum(units)`, sql`sum(n)`)} AS value
  FROM (${judged([name], scope)})
  GROUP BY key`

/** Means under several names at once, in their order, each null where there is none: rows (key, values). */
export const meansTogether = (key: Sql, names: readonly string[], scope: Scope): Sql => sql`
  SELECT key, [${join(
    names.map((name) => sql`anyIf(toNullable(value), name = ${str(name)})`),
    ', ',
  )}] AS values
  FROM (
    SELECT ${key} AS key, name, ${mean(sql`sum(units)`, sql`sum(n)`)} AS value
    FROM (${judged(names, scope)})
    GROUP BY key, name
  )
  GROUP BY key`

/** How scores are read that are added up by `key`. */
export const scoresBy = (key: Sql): FieldSql => ({
  kind: 'rows',
  key,
  rows: (path, scope) => means(key, flat(path), scope),
  together: (paths, scope) => meansTogether(key, paths.map(flat), scope),
})
