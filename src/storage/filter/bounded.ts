import type { z } from 'zod'
import { AppError } from '../../errors.ts'
import type { ClickHouse } from '../clickhouse.ts'
import { type Sql, sql } from '../sql.ts'

/** A question may take so long and so much memory; the text is ours and holds no values. */
const BOUNDS = sql`SETTINGS max_execution_time = 10, max_memory_usage = 1000000000,
  precise_float_parsing = 1`

/** How many questions over a whole project run at once: the engine's threads are for all. */
const WIDE_MAX = 2

export type Bounded = ReturnType<typeof boundedQueries>

/** Questions that users put together: each is stopped before it hurts the others. */
export function boundedQueries(ch: ClickHouse) {
  const waiting: (() => void)[] = []
  let running = 0

  /** Throws AppError `query_too_large` where a bound stopped it. */
  async function rows<T>(row: z.ZodType<T>, query: Sql): Promise<T[]> {
    try {
      return await ch.rows(row, sql`${query} ${BOUNDS}`)
    } catch (cause) {
      const reason = cause instanceof AppError ? String(cause.cause) : ''
      if (/MEMORY_LIMIT_EXCEEDED|TIMEOUT_EXCEEDED/.test(reason)) {
        throw new AppError('query_too_large', undefined, { cause })
      }
      throw cause
    }
  }

  return {
    rows,
    /** Over the whole project: a few of these take turns, so that narrow ones never wait. */
    wide: async <T>(row: z.ZodType<T>, query: Sql): Promise<T[]> => {
      if (running >= WIDE_MAX) await new Promise<void>((resolve) => waiting.push(resolve))
      else running += 1
      try {
        return await rows(row, query)
      } finally {
        // The place goes to the next one directly, so that nobody slips in between.
        const next = waiting.shift()
        if (next) next()
        else running -= 1
      }
    },
  }
}
