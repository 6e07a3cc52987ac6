import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openClickHouse } from './clickhouse.ts'
import { blobDirectory, openStorage, tick } from './index.ts'
import { migrate } from './migrate.ts'
import { TransactionIds } from './xact.ts'

const dirs: string[] = []
afterAll(() => {
  for (const dir of dirs) rmSync(dir, { recursive: true })
})

/** Opens a directory that was last written so many milliseconds from now; answers the next tick, from now. */
async function tickAfterStart(aheadMs: number): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), 'heed-restart-'))
  dirs.push(dir)
  const where = { dir: join(dir, 'engine'), memoryBytesMax: 2 ** 30 }
  const ch = await openClickHouse(where)
  await migrate(ch)
  const second = BigInt(Math.floor((Date.now() + aheadMs) / 1000))
  const xact_id = new TransactionIds((0x0de1n << 48n) | (second << 16n)).next()
  await ch.insert('catalog', [{ kind: 'setting', key: 'k', xact_id, body: '{}' }])
  await ch.close()
  const storage = await openStorage(where, blobDirectory(join(dir, 'blobs')), () => {})
  const next = tick() - Date.now() * 1000
  await storage.close()
  return next / 1000
}

test('what arrives after a restart comes after what is stored, unless a clock was far off', async () => {
  expect(Math.abs(await tickAfterStart(24 * 3_600_000))).toBeLessThan(1000)
  expect(await tickAfterStart(600_000)).toBeGreaterThan(600_000 - 1000)
})
