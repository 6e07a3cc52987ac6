import type { ClickHouseClient } from '@clickhouse/client'
import type { z } from 'zod'
import { AppError } from '../errors.ts'
import type { Sql } from './sql.ts'

/** The four things we ask of ClickHouse, in this process or across a network. */
export interface ClickHouse {
  /** All rows, parsed: a row of another shape is an error here, not an `undefined` later. */
  rows<T>(row: z.ZodType<T>, query: Sql): Promise<T[]>
  /**
   * One insert, atomic, synced when it resolves. The rows have the same keys in the same order; columns
   * left out take their defaults. An object or array in a text column is stored as its JSON, and a whole
   * number in a DateTime64 column counts its ticks: milli- or microseconds since 1970. Rows are taken as
   * they are needed, some at a time, so that building them never holds up other requests.
   */
  insert(table: string, rows: Iterable<object>): Promise<void>
  exec(query: Sql): Promise<void>
  /** Nobody else writes here: what this process wrote needs no reading back. */
  readonly isExclusive: boolean
  close(): Promise<void>
}

/** A ClickHouse server, or a directory for the engine in this process: one process per directory. */
export type Where = { readonly url: string; readonly statementsMax?: number } | EmbeddedWhere

export interface EmbeddedWhere {
  readonly dir: string
  /** What one statement may use. */
  readonly memoryBytesMax: number
  /** How many statements may run at once: one on each thread of libuv's pool. */
  readonly statementsMax?: number
}

/** Libuv's own number of threads. */
export const STATEMENTS_MAX = 4

/**
 * Settings of every statement. Integers of 64 bits are quoted, or JSON would round them; unknown
 * columns are a bug of ours and fail; a read may take 30 s. A small insert leaves the indexes of words
 * to the merges, so that it does not wait for them; until then such a part is read whole.
 * A statement may name all the rows of a large request.
 */
export const SETTINGS = {
  output_format_json_quote_64bit_integers: 1,
  input_format_skip_unknown_fields: 0,
  date_time_output_format: 'iso',
  max_execution_time: 30,
  max_query_size: String(64 * 2 ** 20),
  exclude_materialize_skip_indexes_on_insert: 'input_words, output_words',
} as const

/** Lists of values: half the size of objects, and a third less work for the engine. */
export const INSERT_FORMAT = 'JSONCompactEachRow'

/** A statement as a client takes it. */
export type Rendered = { readonly query: string; readonly query_params?: Record<string, unknown> }

/** Runs a query and parses its rows. */
export async function rowsOf<T>(client: ClickHouseClient, row: z.ZodType<T>, rendered: Rendered) {
  const result = await explained(client.query({ ...rendered, format: 'JSONEachRow' }))
  return row.array().parse(await result.json())
}

/** The columns of an insert; undefined when there is nothing to insert. */
export function columnsOf(row: object | undefined): [string, ...string[]] | undefined {
  const [first, ...others] = Object.keys(row ?? {})
  return first === undefined ? undefined : [first, ...others]
}

const OVERLOADED = /MEMORY_LIMIT_EXCEEDED|TIMEOUT_EXCEEDED|(memory limit|timeout) exceeded/i

/** What a client says of a server of its own that it does not reach, or that does not answer. */
const UNREACHED =
  /ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|socket hang up|Timeout error/i

/** Turns what the engine says of a full disk or of no memory into our own failures. */
export async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    const text = String(cause)
    if (/NOT_ENOUGH_SPACE|not enough space|No space left|ENOSPC/i.test(text)) {
      throw new AppError('storage_full', undefined, { cause })
    }
    if (OVERLOADED.test(text) || UNREACHED.test(text)) {
      throw new AppError('storage_unavailable', undefined, { cause })
    }
    throw cause
  }
}
