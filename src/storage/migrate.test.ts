import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { type ClickHouse, openClickHouse } from './clickhouse.ts'
import { migrate, migrations } from './migrate.ts'
import { type Sql, sql } from './sql.ts'

const dir = mkdtempSync(join(tmpdir(), 'heed-migrate-'))
let ch: ClickHouse
beforeAll(async () => {
  ch = await openClickHouse({ dir, memoryBytesMax: 2 ** 30 })
})
beforeEach(async () => {
  for (const { name } of await tables()) await ch.exec(named`DROP TABLE ${name} SYNC`)
})
afterAll(async () => {
  await ch.close()
  rmSync(dir, { recursive: true })
})

/** A statement with a name of our own in it. */
const named = (strings: TemplateStringsArray, name: string): Sql => ({
  strings: [strings.join(name)],
  values: [],
})

const Table = z.object({ name: z.string(), shape: z.string() })

const tables = () =>
  ch.rows(
    Table,
    sql`SELECT name, replaceRegexpOne(create_table_query, '^CREATE TABLE [^ ]+', '') AS shape
        FROM system.tables WHERE database = currentDatabase() ORDER BY name`,
  )

const project_id = crypto.randomUUID()
const ROWS = 20

/** What the first file has room for, in every table that users' rows are in. */
async function fill(): Promise<void> {
  const numbers = Array.from({ length: ROWS }, (_, n) => n)
  const at = (n: number) => ({ project_id, time: 1_700_000_000_000 + n, id: `row ${n}` })
  await ch.insert(
    'spans',
    numbers.map((n) => ({ ...at(n), version: '2', xact_id: '5', name: `span ${n}` })),
  )
  for (const version of ['1', '2']) {
    await ch.insert(
      'payloads',
      numbers.map((n) => ({ ...at(n), version, input: `"question ${n}"`, rest: '{}' })),
    )
  }
  await ch.insert(
    'patches',
    numbers.map((n) => ({ project_id, id: `row ${n}`, hash: String(n), kind: 'whole', row: '{}' })),
  )
  await ch.insert(
    'feedback',
    numbers.map((n) => ({
      project_id,
      target: `row ${n}`,
      feedback_id: `f${n}`,
      scores: { s: 1 },
    })),
  )
}

async function held(table: string, key: string): Promise<number> {
  const [row] = await ch.rows(
    z.object({ n: z.coerce.number() }),
    named`SELECT uniqExact(key) AS n FROM (SELECT ${`${key} AS key FROM ${table}`})`,
  )
  return row?.n ?? 0
}

/** The last file that is applied before the crash, and how many statements of the next one were run. */
const crashes = migrations().flatMap(({ name, statements }, file) =>
  file === 0 ? [] : statements.map((_, done) => [name, done + 1, file] as const),
)

test.each(crashes)(
  'a stop in %s after statement %i is mended by the next start',
  async (_, done, file) => {
    await apply(0, 1)
    await fill()
    await apply(1, file)
    for (const statement of migrations()[file]?.statements.slice(0, done) ?? []) {
      await ch.exec(statement)
    }
    await migrate(ch)
    for (const [table, key] of [
      ['spans', '(id, name)'],
      ['payloads', '(id, input)'],
      ['patches', 'id'],
      ['feedback', '(feedback_id, scores)'],
    ] as const) {
      expect([table, await held(table, key)]).toEqual([table, ROWS])
    }
    const mended = await tables()
    for (const { name } of mended) await ch.exec(named`DROP TABLE ${name} SYNC`)
    await migrate(ch)
    expect(mended).toEqual(await tables())
  },
)

/** Runs whole files and notes that they were, as a start does. */
async function apply(from: number, to: number): Promise<void> {
  await ch.exec(
    sql`CREATE TABLE IF NOT EXISTS migrations
        (number UInt32, checksum String, applied DateTime64(3, 'UTC') DEFAULT now64(3))
        ENGINE = MergeTree ORDER BY number SETTINGS fsync_after_insert = 1, fsync_part_directory = 1,
          min_rows_to_fsync_after_merge = 1, old_parts_lifetime = 480`,
  )
  for (const { number, checksum, statements } of migrations().slice(from, to)) {
    for (const statement of statements) await ch.exec(statement)
    await ch.insert('migrations', [{ number, checksum }])
  }
}
