import pLimit from 'p-limit'
import { z } from 'zod'
import { AppError } from '../../errors.ts'
import type { ClickHouse } from '../clickhouse.ts'
import { type Sql, sql, uuid } from '../sql.ts'

/** A question may take so long and so much memory; the text is ours and holds no values. */
const BOUNDS = sql`SETTINGS max_execution_time = 10, max_memory_usage = 1000000000,
  precise_float_parsing = 1`

/** How many questions over a whole project run at once: the cores are for all. */
const WIDE_MAX = 2

/** The form of ids that tell their time, as 0002_search.sql has its index on, and id.ts reads them. */
const TELLS_TIME = sql`(match(id, '^[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}-[0-9a-f]{16}$') AND id < '0699e991a800')`

export type Bounded = ReturnType<typeof boundedQueries>

/** Questions that users put together: each is stopped before it hurts the others. */
export function boundedQueries(ch: ClickHouse) {
  /** Projects with rows whose id does not tell its time: once they have, they stay so. */
  const opaque = new Set<string>()
  const wide = pLimit(WIDE_MAX)

  /** Throws AppError `query_too_large` where a bound stopped it. */
  async function stopped<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (cause) {
      const reason = cause instanceof AppError ? String(cause.cause) : ''
      if (/MEMORY_LIMIT_EXCEEDED|TIMEOUT_EXCEEDED|(memory limit|timeout) exceeded/i.test(reason)) {
        throw new AppError('query_too_large', undefined, { cause })
      }
      throw cause
    }
  }

  const rows = <T>(row: z.ZodType<T>, query: Sql): Promise<T[]> =>
    stopped(ch.rows(row, sql`${query} ${BOUNDS}`))

  return {
    rows,
    /**
     * Whether every id of a project tells its time: then the rows of a trace are filed under one
     * time, that of its id. An index makes it cheap to ask each time.
     */
    tellsTime: async (projectId: string): Promise<boolean> => {
      if (opaque.has(projectId)) return false
      const [found] = await rows(
        z.object({ found: z.number() }),
        sql`SELECT 1 AS found FROM spans
            WHERE project_id = ${uuid(projectId)} AND ${TELLS_TIME} = 0 LIMIT 1`,
      )
      if (found) opaque.add(projectId)
      return !found
    },
    /** Over the whole project: a few of these take turns, and narrow ones never wait for them. */
    wide: <T>(row: z.ZodType<T>, query: Sql): Promise<T[]> => wide(() => rows(row, query)),
  }
}
