import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { type ClickHouse, openClickHouse } from './clickhouse.ts'
import { fold } from './fold.ts'
import { migrate } from './migrate.ts'
import { payloadColumns } from './payload-row.ts'
import { sql } from './sql.ts'
import { WordIndexing } from './word-indexing.ts'

const dir = mkdtempSync(join(tmpdir(), 'heed-words-'))
let ch: ClickHouse
beforeAll(async () => {
  ch = await openClickHouse({ dir, memoryBytesMax: 2 ** 30 })
  await migrate(ch)
})
afterAll(async () => {
  await ch.close()
  rmSync(dir, { recursive: true })
})

const insert = (from: number, count: number, output = 'answer') =>
  ch.insert(
    'payloads',
    Array.from({ length: count }, (_, n) => {
      const row = { input: `question ${from + n}`, output }
      const place = { projectId: crypto.randomUUID(), id: `row ${from + n}`, time: 1 }
      return payloadColumns(place, fold([{ kind: 'whole', at: 1, arrivedAt: 1, row }]), '1')
    }),
  )

async function unindexed(): Promise<number> {
  const [row] = await ch.rows(
    z.object({ rows: z.coerce.number() }),
    sql`SELECT sum(rows) AS rows FROM system.parts WHERE table = 'payloads' AND active
          AND secondary_indices_compressed_bytes = 0`,
  )
  return row?.rows ?? 0
}

test('what was written is indexed once it is quiet, and few rows are left to the merges', async () => {
  await ch.exec(sql`SYSTEM STOP MERGES payloads`)
  await insert(0, 1_000)
  const indexing = new WordIndexing(ch, 20)
  indexing.written()
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(await unindexed()).toBe(1_000)
  await insert(1_000, 1_500)
  expect(await unindexed()).toBe(2_500)
  await ch.exec(sql`SYSTEM START MERGES payloads`)
  indexing.written()
  await vi.waitFor(async () => expect(await unindexed()).toBe(0), { timeout: 20_000 })
  await indexing.close()
})

test('a large insert is indexed at once', async () => {
  await ch.exec(sql`SYSTEM STOP MERGES payloads`)
  const before = await unindexed()
  await insert(0, 1_000, 'answer '.repeat(300))
  expect(await unindexed()).toBe(before)
  await ch.exec(sql`SYSTEM START MERGES payloads`)
})

test('a stop does not wait for indexes', async () => {
  await ch.exec(sql`INSERT INTO payloads (project_id, time, id, version, input)
    SELECT generateUUIDv4(1), now(), toString(number), 1,
      arrayStringConcat(arrayMap(n -> hex(cityHash64(number, n)), range(100)), ' ')
    FROM numbers(50000)`)
  const indexing = new WordIndexing(ch, 10)
  indexing.written()
  const Row = z.object({ n: z.coerce.number() })
  const running = sql`SELECT count() AS n FROM system.mutations WHERE NOT is_done`
  await expect.poll(() => ch.rows(Row, running), { interval: 5 }).toEqual([{ n: 1 }])
  await indexing.close()
  expect(await ch.rows(Row, running)).toEqual([{ n: 0 }])
  expect(await unindexed()).toBeGreaterThanOrEqual(50_000)
})
