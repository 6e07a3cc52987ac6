import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ClickHouseClient, createClient } from '@clickhouse/client'
import type { z } from 'zod'
import { AppError, CliError } from '../errors.ts'
import { inline, parametrise, type Sql } from './sql.ts'

/** The five things we ask of ClickHouse, in this process or across a network. */
export interface ClickHouse {
  /** All rows, parsed: a row of another shape is an error here, not an `undefined` later. */
  rows<T>(row: z.ZodType<T>, query: Sql): Promise<T[]>
  /** The same for what may take seconds: nothing else waits for it, only others of its kind. */
  wide<T>(row: z.ZodType<T>, query: Sql): Promise<T[]>
  /** One insert, atomic, synced when it resolves. Columns left out take their defaults. */
  insert(table: string, rows: readonly object[]): Promise<void>
  exec(query: Sql): Promise<void>
  close(): Promise<void>
}

/** A ClickHouse server, or a directory for the engine in this process: one process per directory. */
export type Where =
  | { readonly url: string }
  | { readonly dir: string; readonly memoryBytesMax: number }

/**
 * Settings of every statement. Integers of 64 bits are quoted, or JSON would round them; unknown
 * columns are a bug of ours and fail; a read may take 30 s. The indexes of words are built when
 * parts are merged, so that writing does not wait for them; until then such a part is read whole.
 */
const SETTINGS = {
  output_format_json_quote_64bit_integers: 1,
  input_format_skip_unknown_fields: 0,
  date_time_output_format: 'iso',
  max_execution_time: 30,
  exclude_materialize_skip_indexes_on_insert: 'input_words, output_words',
} as const

/** Opens the engine. Throws CliError when the directory is another process's. */
export async function openClickHouse(where: Where): Promise<ClickHouse> {
  const embedded = 'dir' in where
  const lanes = embedded ? await openLanes(where) : serverLanes(where.url)
  const { writes: client } = lanes
  const format = 'JSONEachRow'
  const render = (query: Sql) => {
    if (embedded) return { query: inline(query) }
    const { text, params } = parametrise(query)
    return { query: text, query_params: params }
  }
  async function read<T>(lane: Lane, row: z.ZodType<T>, query: Sql): Promise<T[]> {
    const run = (reader: ClickHouseClient) => reader.query({ ...render(query), format })
    const result = await explained(lane.run(run))
    return row.array().parse(await result.json())
  }
  return {
    rows: (row, query) => read(lanes.reads, row, query),
    wide: (row, query) => read(lanes.wide, row, query),
    insert: async (table, rows) => {
      if (rows.length > 0) await explained(client.insert({ table, values: [...rows], format }))
    },
    exec: async (query) => void (await explained(client.command(render(query)))),
    close: () => lanes.close(),
  }
}

/** Statements of one kind, on a few clients; each goes to the one with the least to do. */
class Lane {
  readonly #clients: { readonly client: ClickHouseClient; running: number }[]

  constructor(clients: readonly ClickHouseClient[]) {
    this.#clients = clients.map((client) => ({ client, running: 0 }))
  }

  async run<T>(work: (client: ClickHouseClient) => Promise<T>): Promise<T> {
    const [free] = this.#clients.sort((a, b) => a.running - b.running)
    if (!free) throw new Error('A lane needs a client.')
    free.running += 1
    try {
      return await work(free.client)
    } finally {
      free.running -= 1
    }
  }
}

interface Lanes {
  readonly writes: ClickHouseClient
  readonly reads: Lane
  readonly wide: Lane
  close(): Promise<void>
}

/**
 * The engine in this process runs the statements of one session one after the other, *measured*: a
 * read of ten seconds would hold up every write. Sessions of one directory run side by side. There
 * are four, as libuv has threads.
 */
async function openLanes(where: { dir: string; memoryBytesMax: number }): Promise<Lanes> {
  const writes = await openEmbedded(where)
  const reads = [await openEmbedded(where), await openEmbedded(where)]
  const wide = await openEmbedded(where)
  return {
    writes,
    reads: new Lane(reads),
    wide: new Lane([wide]),
    close: async () => {
      for (const client of [wide, ...reads, writes]) await client.close()
    },
  }
}

/** A server runs the statements of one client side by side. */
function serverLanes(url: string): Lanes {
  const client = openServer(url)
  const lane = new Lane([client])
  return { writes: client, reads: lane, wide: lane, close: () => client.close() }
}

function openServer(url: string): ClickHouseClient {
  // A statement that fails on a server must not be half sent: wait for its end before the status.
  return createClient({ url, clickhouse_settings: { ...SETTINGS, wait_end_of_query: 1 } })
}

async function openEmbedded(where: { dir: string; memoryBytesMax: number }) {
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
    return client
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
      /MEMORY_LIMIT_EXCEEDED|memory limit exceeded|TIMEOUT_EXCEEDED|timeout exceeded|ECONNREFUSED|ECONNRESET|socket hang up/i.test(
        text,
      )
    ) {
      throw new AppError('storage_unavailable', undefined, { cause })
    }
    throw cause
  }
}
