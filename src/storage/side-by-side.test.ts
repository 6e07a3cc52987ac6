import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { openClickHouse } from './clickhouse.ts'
import { readSideBySide } from './side-by-side.ts'
import { sql } from './sql.ts'

test('slow reads, however many, hold up no commit, and a few of them no quick read', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'heed-engine-'))
  const statementsMax = Number(process.env.UV_THREADPOOL_SIZE)
  const ch = await openClickHouse({ dir, memoryBytesMax: 2 ** 30, statementsMax })
  const reader = readSideBySide(ch, statementsMax)
  await ch.exec(sql`CREATE TABLE t (n UInt64) ENGINE = MergeTree ORDER BY n`)
  const ended: string[] = []
  const slow = () =>
    reader
      .rows(z.object({ s: z.number() }), sql`SELECT sleep(1) AS s`)
      .then(() => void ended.push('slow'))
  const few = Array.from({ length: statementsMax - 7 }, slow)
  await reader.rows(z.object({ n: z.number() }), sql`SELECT 1 AS n`)
  ended.push('quick')
  const many = Array.from({ length: statementsMax }, slow)
  await ch.insert('t', [{ n: 1 }])
  ended.push('commit')
  expect(ended.slice(0, 2)).toEqual(['quick', 'commit'])
  await Promise.all([...few, ...many])
  await ch.close()
  rmSync(dir, { recursive: true })
})
