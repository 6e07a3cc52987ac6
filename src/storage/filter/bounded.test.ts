import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type ClickHouse, openClickHouse } from '../clickhouse.ts'
import { sql } from '../sql.ts'
import { ToldProjects } from '../told-projects.ts'
import { type Bounded, boundedQueries } from './bounded.ts'

const dir = mkdtempSync(join(tmpdir(), 'heed-bounded-'))
let ch: ClickHouse
let bounded: Bounded
beforeAll(async () => {
  ch = await openClickHouse({ dir, memoryBytesMax: 2 ** 31 })
  bounded = boundedQueries(ch, new ToldProjects(ch))
})
afterAll(async () => {
  await ch.close()
  rmSync(dir, { recursive: true })
})

const Row = z.object({ n: z.coerce.number() })

test('a question that takes too much memory is stopped, and says so', async () => {
  const large = sql`SELECT length(groupArray(number)) AS n FROM numbers(1000000000)`
  await expect(bounded.wide(Row, large)).rejects.toMatchObject({ code: 'query_too_large' })
  expect(await bounded.wide(Row, sql`SELECT 1 AS n`)).toEqual([{ n: 1 }])
})

test('a question that takes too long is stopped, and says so', async () => {
  const long = sql`SELECT sum(sipHash64(number)) AS n FROM numbers(1000000000000)`
  const begun = performance.now()
  const asked = bounded.wide(Row, long, sql`, max_threads = 1`)
  await expect(asked).rejects.toMatchObject({ code: 'query_too_large' })
  const seconds = (performance.now() - begun) / 1000
  expect([seconds > 9, seconds < 20]).toEqual([true, true])
  expect(await bounded.wide(Row, sql`SELECT 1 AS n`)).toEqual([{ n: 1 }])
})

test('neither a narrow question nor a write waits for a wide one', async () => {
  await ch.exec(sql`CREATE TABLE notes (n UInt64) ENGINE = MergeTree ORDER BY n`)
  const ended: string[] = []
  const wide = bounded.wide(Row, sql`SELECT sleep(1) AS n`).then(() => ended.push('wide'))
  await ch.insert('notes', [{ n: 1 }])
  expect(await bounded.rows(Row, sql`SELECT n FROM notes`)).toEqual([{ n: 1 }])
  expect(ended).toEqual([])
  await wide
})

test('of questions over a whole project only so many wait, and the others are told at once', async () => {
  const asked = Array.from({ length: 60 }, () => bounded.wide(Row, sql`SELECT sleep(0.02) AS n`))
  const settled = await Promise.allSettled(asked)
  const refused = settled.filter((one) => one.status === 'rejected')
  expect(refused.map(({ reason }) => reason.code)).toEqual(refused.map(() => 'query_queue_full'))
  expect(refused.length).toBe(60 - 34)
  expect(await bounded.wide(Row, sql`SELECT 1 AS n`)).toEqual([{ n: 1 }])
})
