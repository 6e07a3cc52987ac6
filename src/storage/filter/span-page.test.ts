import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import type { Filter } from '../../wire/filter.ts'
import { type ClickHouse, openClickHouse } from '../clickhouse.ts'
import { fold } from '../fold.ts'
import { migrate } from '../migrate.ts'
import { spanColumns } from '../span-row.ts'
import { sql } from '../sql.ts'
import { ToldProjects } from '../told-projects.ts'
import { type Bounded, boundedQueries } from './bounded.ts'
import { spanPage } from './span-page.ts'

const dir = mkdtempSync(join(tmpdir(), 'heed-span-page-'))
let ch: ClickHouse
let bounded: Bounded
beforeAll(async () => {
  ch = await openClickHouse({ dir, memoryBytesMax: 2 ** 30 })
  await migrate(ch)
  bounded = boundedQueries(ch, new ToldProjects(ch))
})
afterAll(async () => {
  await ch.close()
  rmSync(dir, { recursive: true })
})

const HOUR = 3_600_000
const projectId = crypto.randomUUID()

/** Every seventh one scores badly; ten traces share each moment, and the moments spread over months. */
const traces = Array.from({ length: 400 }, (_, n) => {
  const time = Date.UTC(2026, 0, 1) + Math.floor(n / 10) ** 2 * HOUR
  const traceId = `${time.toString(16).padStart(12, '0')}7${String(n).padStart(3, '0')}8${'0'.repeat(15)}`
  return { time, id: `${traceId}-${'0'.repeat(16)}`, isBad: n % 7 === 0 }
})

const Shown = z.object({ time: z.coerce.number(), id: z.string() })

async function pages(filter: Filter, limit: number, firstRangeRows: number): Promise<string[]> {
  const ids: string[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await spanPage(
      bounded,
      {
        source: 'traces',
        projectId,
        filter,
        now: Date.UTC(2026, 5, 1),
        row: Shown,
        columns: sql`toUnixTimestamp64Milli(spans.time) AS time, id`,
        told: bounded.tellsTime(projectId),
        firstRangeRows,
      },
      limit,
      cursor,
    )
    ids.push(...page.rows.map(({ id }) => id))
    if (page.cursor === null) return ids
    cursor = page.cursor
  }
}

test('pages that look back range by range hold each match once, newest first, none left out', async () => {
  const rows = traces.map(({ time, id, isBad }) => {
    const at = time * 1000
    const row = { span_parents: [], scores: { good: isBad ? 0 : 1 }, user: 'u' }
    const folded = fold([{ kind: 'whole', at, arrivedAt: at, row }])
    return spanColumns({ projectId, id, time }, folded, false, '1')
  })
  await ch.insert('spans', rows)
  const bad: Filter = { field: ['scores', 'good'], op: '<', value: 0.5 }
  const none: Filter = { field: ['scores', 'good'], op: '>', value: 2 }
  const wanted = traces.filter((one) => one.isBad).map((one) => one.id)
  for (const [limit, firstRangeRows] of [
    [1000, 1],
    [7, 1],
    [7, 25],
    [3, 390],
    [7, 1000],
  ] as const) {
    expect(await pages(bad, limit, firstRangeRows)).toEqual(wanted.toSorted().reverse())
    expect(await pages(none, limit, firstRangeRows)).toEqual([])
  }
})

test('an older version that is let through by a column does not bring the current one along', async () => {
  await ch.exec(sql`SYSTEM STOP MERGES spans`)
  const [{ time, id }, ...others] = traces as [(typeof traces)[0], ...typeof traces]
  const at = time * 1000 + 1
  const row = { span_parents: [], scores: { good: 0 }, metadata: { state: 'new' } }
  for (const [n, state] of ['old', 'new'].entries()) {
    const entry = {
      kind: 'whole',
      at: at + n,
      arrivedAt: at,
      row: { ...row, metadata: { state } },
    } as const
    await ch.insert('spans', [spanColumns({ projectId, id, time }, fold([entry]), false, '2')])
  }
  const isOld: Filter = { field: ['metadata', 'state'], op: '=', value: 'old' }
  const isGood: Filter = { field: ['scores', 'good'], op: '>', value: 0.5 }
  const good = others.filter((one) => !one.isBad).map((one) => one.id)
  expect(await pages({ or: [isOld, isGood] }, 50, 25)).toEqual(good.toSorted().reverse())
  const isNew: Filter = { field: ['metadata', 'state'], op: '=', value: 'new' }
  expect(await pages({ or: [isNew, isGood] }, 50, 25)).toEqual([id, ...good].toSorted().reverse())
  await ch.exec(sql`SYSTEM START MERGES spans`)
})
