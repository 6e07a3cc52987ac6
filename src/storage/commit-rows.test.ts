import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type ClickHouse, openClickHouse } from './clickhouse.ts'
import { commitRows } from './commit-rows.ts'
import type { Entry } from './fold.ts'
import { migrate } from './migrate.ts'
import { Patches } from './patches.ts'
import { currentPayloads } from './payload-row.ts'
import { RecentRows } from './recent-rows.ts'
import { sql, uuid } from './sql.ts'
import { tick } from './time.ts'
import { ToldProjects } from './told-projects.ts'

const dir = mkdtempSync(join(tmpdir(), 'heed-rows-'))
let ch: ClickHouse
beforeAll(async () => {
  ch = await openClickHouse({ dir, memoryBytesMax: 2 ** 30 })
  await migrate(ch)
})
afterAll(async () => {
  await ch.close()
  rmSync(dir, { recursive: true })
})

test('what is read back of a row that changes counts among the bytes that are kept', async () => {
  const projectId = crypto.randomUUID()
  const ids = ['a', 'b', 'c', 'd']
  /** A server that has just started, and keeps the changes but not four whole rows. */
  const recent = new RecentRows(250_000)
  const commit = async (kept: RecentRows, kind: Entry['kind'], row: Entry['row']) => {
    const items = ids.map((id) => {
      const at = tick()
      return { projectId, id, entry: { kind, at, arrivedAt: at, row } }
    })
    const write = commitRows(ch, await Patches.open(ch), kept, new ToldProjects(ch))
    await write([{ items, xactId: '1', bytes: JSON.stringify(row).length * ids.length }])
  }
  await commit(new RecentRows(), 'whole', { span_id: 's', input: 'x'.repeat(100_000) })
  for (const output of ['so', 'so far']) await commit(recent, 'merge', { output })
  expect(ids.filter((id) => recent.get(`${projectId} ${id}`))).toEqual(['c', 'd'])
})

test('a write that is delivered again stays where it came first, also when its deliveries are merged', async () => {
  const projectId = crypto.randomUUID()
  const at = tick()
  const commit = async (kind: Entry['kind'], row: Entry['row']) => {
    const entry: Entry = { kind, at: kind === 'merge' ? tick() : at, arrivedAt: tick(), row }
    const items = [{ projectId, id: 'a', entry }]
    const write = commitRows(ch, await Patches.open(ch), new RecentRows(), new ToldProjects(ch))
    await write([{ items, xactId: '1', bytes: 1 }])
    await ch.exec(sql`OPTIMIZE TABLE patches FINAL`)
  }
  await commit('merge', { tags: ['x'] })
  for (const output of [1, 2, 1]) await commit('whole', { output })
  await commit('merge', { tags: ['y'] })
  const [row] = await ch.rows(
    z.object({ output: z.string() }),
    sql`SELECT output FROM ${currentPayloads(sql`project_id = ${uuid(projectId)}`)}`,
  )
  expect(row).toEqual({ output: '2' })
})
