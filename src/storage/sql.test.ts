import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type ClickHouse, openClickHouse } from './clickhouse.ts'
import { inline, int, parametrise, sql, str, strs, uuid } from './sql.ts'

const dir = mkdtempSync(join(tmpdir(), 'heed-sql-'))
let ch: ClickHouse
beforeAll(async () => {
  ch = await openClickHouse({ dir, memoryBytesMax: 2 ** 30 })
})
afterAll(async () => {
  await ch.close()
  rmSync(dir, { recursive: true })
})

const HOSTILE = [
  "'",
  '\\',
  "\\'",
  "'); DROP TABLE spans; --",
  '\u0000',
  '\n',
  '{x: String}',
  '\u2028',
  '/*',
]

test('any text comes back from the engine as it was, and never as SQL', async () => {
  const piece = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' }))
  const texts = fc.array(
    fc.array(piece).map((pieces) => pieces.join('')),
    { minLength: 1 },
  )
  await fc.assert(
    fc.asyncProperty(texts, async (values) => {
      const [first = ''] = values
      const Row = z.object({ one: z.string(), many: z.array(z.string()) })
      const rows = await ch.rows(Row, sql`SELECT ${str(first)} AS one, ${strs(values)} AS many`)
      expect(rows).toEqual([
        { one: first.toWellFormed(), many: values.map((v) => v.toWellFormed()) },
      ])
    }),
    { numRuns: 500 },
  )
})

test('what is not a number or a UUID never reaches a statement', () => {
  expect(() => int('1; DROP TABLE spans')).toThrow(TypeError)
  expect(() => int(1.5)).toThrow(TypeError)
  expect(() => uuid("' OR 1 = 1")).toThrow(TypeError)
})

test('a server gets named parameters, the embedded engine literals, of one template', () => {
  const query = sql`SELECT ${str("it's")} ${sql`WHERE id IN ${strs(['a'])}`} LIMIT ${int(5)}`
  expect(inline(query)).toBe("SELECT 'it\\'s' WHERE id IN ['a'] LIMIT 5")
  expect(parametrise(query)).toEqual({
    text: 'SELECT {p0:String} WHERE id IN {p1:Array(String)} LIMIT {p2:UInt64}',
    params: { p0: "it's", p1: ['a'], p2: '5' },
  })
})
