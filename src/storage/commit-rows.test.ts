import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { type ClickHouse, openClickHouse } from './clickhouse.ts'
import { commitRows } from './commit-rows.ts'
import { CURRENT_SPANS } from './current-spans.ts'
import type { Entry } from './fold.ts'
import { migrate } from './migrate.ts'
import { Patches } from './patches.ts'
import { currentPayloads, payloadsOf } from './payload-row.ts'
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

/** The engine with a disk that is full where one table lies. */
const fullFor = (table: string): ClickHouse => ({
  ...ch,
  insert: (name, rows) =>
    name === table ? Promise.reject(new AppError('storage_full')) : ch.insert(name, rows),
})

/** One write of the row `a`, by a server that remembers nothing. */
async function write(on: ClickHouse, projectId: string, kind: Entry['kind'], row: Entry['row']) {
  const at = tick()
  const items = [{ projectId, id: 'a', entry: { kind, at, arrivedAt: at, row } }]
  const commit = commitRows(on, await Patches.open(ch), new RecentRows(), new ToldProjects(ch))
  await commit([{ items, xactId: String(at), bytes: 1 }])
}

async function shown(projectId: string) {
  const where = sql`project_id = ${uuid(projectId)}`
  const Span = z.object({ id: z.string(), xact_id: z.string(), output: z.string() })
  const spans = await ch.rows(
    Span,
    sql`SELECT id, xact_id, output FROM ${CURRENT_SPANS} WHERE ${where}`,
  )
  const [payload] = await payloadsOf(ch, where, Promise.resolve(spans))
  return { list: spans[0]?.output, input: payload?.input, output: payload?.output }
}

test('a row that was rewritten by half keeps what was acknowledged before', async () => {
  const projectId = crypto.randomUUID()
  await write(ch, projectId, 'whole', { input: 'first', output: 'of the first' })
  const rewriting = write(fullFor('payloads'), projectId, 'whole', { input: 'second' })
  await expect(rewriting).rejects.toMatchObject({ code: 'storage_full' })
  await write(ch, projectId, 'merge', { output: 'changed' })
  expect(await shown(projectId)).toEqual({
    list: 'changed',
    input: '"first"',
    output: '"changed"',
  })
})

test('a payload of which the list knows nothing is not shown', async () => {
  const projectId = crypto.randomUUID()
  await write(ch, projectId, 'whole', { input: 'first', output: 'of the first' })
  const rewriting = write(fullFor('spans'), projectId, 'whole', {
    input: 'second',
    output: 'of it',
  })
  await expect(rewriting).rejects.toMatchObject({ code: 'storage_full' })
  expect(await shown(projectId)).toEqual({
    list: 'of the first',
    input: '"first"',
    output: '"of the first"',
  })
})

test('a row that is forgotten while a commit looks others up stays where it lies', async () => {
  const projectId = crypto.randomUUID()
  const recent = new RecentRows(1_000)
  /** Something else is remembered while the commit looks up, and the row forgotten. */
  const stalling: ClickHouse = {
    ...ch,
    rows: async (row, query) => {
      const found = await ch.rows(row, query)
      recent.put('another', { time: 0, entries: [], isPatched: false, bytes: 1_000 })
      return found
    },
  }
  const commit = async (on: ClickHouse, ids: readonly string[], kind: Entry['kind']) => {
    const at = tick()
    const items = ids.map((id) => {
      return { projectId, id, entry: { kind, at, arrivedAt: at, row: { span_id: id } } }
    })
    const write = commitRows(on, await Patches.open(ch), recent, new ToldProjects(ch))
    await write([{ items, xactId: String(at), bytes: 10 }])
  }
  await commit(ch, ['a'], 'whole')
  expect(recent.get(`${projectId} a`)).toBeDefined()
  await new Promise((resolve) => setTimeout(resolve, 5))
  await commit(stalling, ['a', 'b'], 'merge')
  const rows = await ch.rows(
    z.object({ id: z.string() }),
    sql`SELECT id FROM ${CURRENT_SPANS} WHERE project_id = ${uuid(projectId)} ORDER BY id`,
  )
  expect(rows.map(({ id }) => id)).toEqual(['a', 'b'])
})
