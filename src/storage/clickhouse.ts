import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type ClickHouseClient, createClient } from '@clickhouse/client'
import type { z } from 'zod'
import { AppError, CliError } from '../errors.ts'
import { inline, parametrise, type Sql } from './sql.ts'

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
export type Where =
  | { readonly url: string }
  | { readonly dir: string; readonly memoryBytesMax: number }

/**
 * Settings of every statement. Integers of 64 bits are quoted, or JSON would round them; unknown
 * columns are a bug of ours and fail; a read may take 30 s.
 */
const SETTINGS = {
  output_format_json_quote_64bit_integers: 1,
  input_format_skip_unknown_fields: 0,
  date_time_output_format: 'iso',
  max_execution_time: 30,
} as const

/** Opens the engine. Throws CliError when the directory is another process's. */
export async function openClickHouse(where: Where): Promise<ClickHouse> {
  return 'dir' in where ? openEmbedded(where) : openServer(where.url)
}

const query = async <T>(client: ClickHouseClient, row: z.ZodType<T>, rendered: Rendered) => {
  const result = await explained(client.query({ ...rendered, format: 'JSONEachRow' }))
  return row.array().parse(await result.json())
}

type Rendered = { readonly query: string; readonly query_params?: Record<string, unknown> }

/** Lists of values: half the size of objects, and a third less work for the engine. */
const INSERT_FORMAT = 'JSONCompactEachRow'

function openServer(url: string): ClickHouse {
  // A statement that fails on a server must not be half sent: wait for its end before the status.
  const client = createClient({ url, clickhouse_settings: { ...SETTINGS, wait_end_of_query: 1 } })
  const render = (statement: Sql): Rendered => {
    const { text, params } = parametrise(statement)
    return { query: text, query_params: params }
  }
  return {
    rows: (row, statement) => query(client, row, render(statement)),
    insert: async (table, rows) => {
      const all = [...rows]
      const columns = namesOf(all)
      const values = all.map(Object.values)
      if (columns) await explained(client.insert({ table, columns, values, format: INSERT_FORMAT }))
    },
    exec: async (statement) => void (await explained(client.command(render(statement)))),
    isExclusive: false,
    close: () => client.close(),
  }
}

async function openEmbedded(where: { dir: string; memoryBytesMax: number }): Promise<ClickHouse> {
  const { client, connection } = await connect(where)
  const render = (statement: Sql): Rendered => ({ query: inline(statement) })
  return {
    rows: (row, statement) => query(client, row, render(statement)),
    insert: async (table, rows) => {
      const { columns, lines } = await encode(rows)
      // The client would join text to a statement and copy it twice; the engine takes bytes as they are.
      if (columns) {
        const insert = { table, columns, values: lines, format: INSERT_FORMAT } as const
        await explained(connection.chdb.rawInsert(insert))
      }
    },
    exec: async (statement) => void (await explained(client.command(render(statement)))),
    isExclusive: true,
    close: () => client.close(),
  }
}

/** How many rows are made into text in one turn of the event loop: about 10 ms of work. */
const ROWS_A_TURN = 200

async function encode(rows: Iterable<object>) {
  const chunks: Buffer[] = []
  let columns: [string, ...string[]] | undefined
  let lines: string[] = []
  for (const row of rows) {
    columns ??= namesOf([row])
    lines.push(JSON.stringify(Object.values(row)))
    if (lines.length < ROWS_A_TURN) continue
    chunks.push(Buffer.from(`${lines.join('\n')}\n`))
    lines = []
    await nextTurn()
  }
  chunks.push(Buffer.from(lines.join('\n')))
  return { columns, lines: Buffer.concat(chunks) }
}

function namesOf([row]: readonly object[]): [string, ...string[]] | undefined {
  const [first, ...others] = Object.keys(row ?? {})
  return first === undefined ? undefined : [first, ...others]
}

async function connect(where: { dir: string; memoryBytesMax: number }) {
  mkdirSync(where.dir, { recursive: true })
  const { createChdbConnection } = await import('chdb/connection')
  try {
    const connection = createChdbConnection({ path: where.dir })
    // The packages' Connection types differ only in private fields of a nominal class.
    const client = createClient({ connection: connection as never })
    // Once for the session: given with each statement they would be sent as SETs before it.
    const settings = { ...SETTINGS, max_memory_usage: where.memoryBytesMax }
    for (const [name, value] of Object.entries(settings)) {
      await client.command({ query: `SET ${name} = '${value}'` })
    }
    return { client, connection }
  } catch (cause) {
    // The engine tells the reason on stderr only; its own lock file names the process.
    const pid = lockedBy(where.dir)
    const reason = pid ? `is in use by another Heed (process ${pid})` : 'cannot be opened'
    throw new CliError(
      `${where.dir} ${reason}. Stop it, or set HEED_DATA_DIR to another directory.`,
      { cause },
    )
  }
}

/** The living process that holds the engine's directory, if any. */
function lockedBy(dir: string): number | undefined {
  try {
    const pid = Number(/PID: (\d+)/.exec(readFileSync(join(dir, 'status'), 'utf8'))?.[1])
    process.kill(pid, 0)
    return pid
  } catch {
    return undefined
  }
}

/** Turns what the engine says of a full disk or of no memory into our own failures. */
async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    const text = String(cause)
    if (/NOT_ENOUGH_SPACE|not enough space|No space left|ENOSPC/i.test(text)) {
      throw new AppError('storage_full', undefined, { cause })
    }
    if (
      /MEMORY_LIMIT_EXCEEDED|TIMEOUT_EXCEEDED|ECONNREFUSED|ECONNRESET|socket hang up/i.test(text)
    ) {
      throw new AppError('storage_unavailable', undefined, { cause })
    }
    throw cause
  }
}
