import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type ClickHouseClient, createClient } from '@clickhouse/client'
import type { ChdbConnection } from 'chdb/connection'
import { CliError } from '../errors.ts'
import {
  type ClickHouse,
  columnsOf,
  type EmbeddedWhere,
  explained,
  INSERT_FORMAT,
  rowsOf,
  SETTINGS,
  STATEMENTS_MAX,
} from './engine.ts'
import { Sessions } from './sessions.ts'
import { inline } from './sql.ts'

interface Session {
  readonly client: ClickHouseClient
  readonly connection: ChdbConnection
}

/**
 * An insert of so many bytes indexes its words at once. Merges of many such parts would need hundreds of
 * megabytes for it, and searches would read them whole until then.
 */
const INDEXED_AT_ONCE_BYTES = 2 ** 20

const INDEX_AT_ONCE = { exclude_materialize_skip_indexes_on_insert: '' } as const

/** The engine in this process. Throws CliError when the directory is another process's. */
export async function openEmbedded(where: EmbeddedWhere): Promise<ClickHouse> {
  const sessions = await Sessions.open(
    { open: () => openSession(where), end: ({ client }) => client.close() },
    where.statementsMax ?? STATEMENTS_MAX,
  )
  return {
    rows: (row, statement) =>
      sessions.use(({ client }) => rowsOf(client, row, { query: inline(statement) })),
    insert: async (table, rows) => {
      const { columns, values } = await encode(rows)
      if (!columns) return
      // The client would join text to a statement and copy it twice; the engine takes bytes as they are.
      const settings = values.byteLength < INDEXED_AT_ONCE_BYTES ? {} : INDEX_AT_ONCE
      const insert = { table, columns, values, settings, format: INSERT_FORMAT } as const
      await sessions.use(({ connection }) => explained(connection.chdb.rawInsert(insert)))
    },
    exec: (statement) =>
      sessions.use(
        async ({ client }) => void (await explained(client.command({ query: inline(statement) }))),
      ),
    isExclusive: true,
    close: () => sessions.close(),
  }
}

/** How many rows are made into text in one turn of the event loop: about 5 ms of work. */
const ROWS_A_TURN = 200

const NEWLINE = 10

async function encode(rows: Iterable<object>) {
  const chunks: Buffer[] = []
  let columns: [string, ...string[]] | undefined
  let some: unknown[][] = []
  for (const row of rows) {
    columns ??= columnsOf(row)
    some.push(Object.values(row))
    if (some.length < ROWS_A_TURN) continue
    chunks.push(linesOf(some))
    some = []
    await nextTurn()
  }
  if (some.length > 0) chunks.push(linesOf(some))
  return { columns, values: Buffer.concat(chunks) }
}

/** Many rows as one JSON text take a third less time than one by one; the engine takes commas between rows. */
function linesOf(rows: readonly unknown[][]): Buffer {
  const bytes = Buffer.from(JSON.stringify(rows))
  bytes[bytes.length - 1] = NEWLINE
  return bytes.subarray(1)
}

async function openSession(where: EmbeddedWhere): Promise<Session> {
  try {
    mkdirSync(where.dir, { recursive: true })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new CliError(
      `${where.dir} cannot be made (${code}). Set HEED_DATA_DIR to a directory that can be written.`,
      { cause },
    )
  }
  const { createChdbConnection } = await import('chdb/connection')
  try {
    const connection = createChdbConnection({ path: where.dir })
    // The packages' Connection types differ only in private fields of a nominal class.
    const client = createClient({ connection: connection as never })
    // Once for the session: given with each statement they would be sent as SETs before it.
    const settings = { ...SETTINGS, max_memory_usage: where.memoryBytesMax }
    try {
      for (const [name, value] of Object.entries(settings)) {
        await client.command({ query: `SET ${name} = '${value}'` })
      }
    } catch (cause) {
      await client.close()
      throw cause
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
