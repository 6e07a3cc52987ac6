import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type ClickHouse, openClickHouse } from './clickhouse.ts'
import { migrate } from './migrate.ts'
import { sql } from './sql.ts'

const dir = mkdtempSync(join(tmpdir(), 'heed-engine-'))
let ch: ClickHouse
beforeAll(async () => {
  ch = await openClickHouse({ dir, memoryBytesMax: 2 ** 30 })
  await migrate(ch)
})
afterAll(async () => {
  await ch.close()
  rmSync(dir, { recursive: true })
})

test('a second process on the directory is refused with advice', async () => {
  const code = `
    import { openClickHouse } from './src/storage/clickhouse.ts'
    await openClickHouse({ dir: ${JSON.stringify(dir)}, memoryBytesMax: 2 ** 30 })`
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', code],
    { encoding: 'utf8' },
  )
  expect(status).toBe(1)
  expect(stderr).toMatch(/in use by another Heed/)
})

test('every table is set to survive a power cut', async () => {
  const Table = z.object({ name: z.string(), engine: z.string(), create_table_query: z.string() })
  const tables = await ch.rows(
    Table,
    sql`SELECT name, engine, create_table_query FROM system.tables
        WHERE database = currentDatabase()`,
  )
  const names = ['catalog', 'feedback', 'migrations', 'patches', 'payloads', 'spans']
  expect(tables.map((table) => table.name)).toEqual(expect.arrayContaining(names))
  // Whatever a later migration adds: it is of an engine that can be set so, and is.
  const kept = tables.filter((table) => table.engine !== 'View')
  for (const { name, engine, create_table_query } of kept) {
    expect([name, engine]).toEqual([name, expect.stringMatching(/MergeTree$|^MaterializedView$/)])
    if (engine === 'MaterializedView') continue
    for (const setting of [
      'fsync_after_insert = 1',
      'fsync_part_directory = 1',
      'min_rows_to_fsync_after_merge = 1',
      'old_parts_lifetime = 480',
    ]) {
      expect(`${name}: ${create_table_query}`).toContain(setting)
    }
  }
})

test('migrating again changes nothing', async () => {
  const count = () => ch.rows(z.object({ n: z.string() }), sql`SELECT count() AS n FROM migrations`)
  const before = await count()
  await migrate(ch)
  expect(await count()).toEqual(before)
})

test('what a failed statement had begun to answer does not stand in the next answer', async () => {
  const Row = z.object({ n: z.coerce.number() })
  const begun = sql`SELECT number AS n, throwIf(number = 90000) FROM numbers(100000)
    SETTINGS max_block_size = 1000`
  for (let i = 0; i < 3; i++) {
    await expect(ch.rows(Row, begun)).rejects.toThrow('throwIf')
    expect(await ch.rows(Row, sql`SELECT 42 AS n`)).toEqual([{ n: 42 }])
  }
})
