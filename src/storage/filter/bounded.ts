import pLimit from 'p-limit'
import type { z } from 'zod'
import { AppError } from '../../errors.ts'
import type { ClickHouse } from '../clickhouse.ts'
import { type Sql, sql } from '../sql.ts'
import type { ToldProjects } from '../told-projects.ts'

/** A question may take so long and so much memory; the text is ours and holds no values. */
const BOUNDS = sql`SETTINGS max_execution_time = 10, max_memory_usage = 1000000000,
  precise_float_parsing = 1`

/** How many questions over a whole project run at once: the cores are for all. */
const WIDE_MAX = 2

/** How many more may wait for their turn: each takes seconds at worst, and nobody waits for minutes. */
const WIDE_WAITING_MAX = 32

export type Bounded = ReturnType<typeof boundedQueries>

/** Questions that users put together: each is stopped before it hurts the others. */
export function boundedQueries(ch: ClickHouse, told: ToldProjects) {
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

  const rows = <T>(row: z.ZodType<T>, query: Sql, more = sql``): Promise<T[]> =>
    stopped(ch.rows(row, sql`${query} ${BOUNDS}${more}`))

  return {
    rows,
    /** Whether every id of a project tells its time (told-projects.ts). */
    tellsTime: (projectId: string): Promise<boolean> => told.isTold(projectId),
    /**
     * Over the whole project: a few of these take turns, and narrow ones never wait for them. `more` are
     * further settings, each behind a comma. Throws AppError `query_queue_full` when too many wait already.
     */
    wide: async <T>(row: z.ZodType<T>, query: Sql, more = sql``): Promise<T[]> => {
      const taken = wide.activeCount + wide.pendingCount
      if (taken >= WIDE_MAX + WIDE_WAITING_MAX) throw new AppError('query_queue_full')
      return wide(() => rows(row, query, more))
    },
  }
}
