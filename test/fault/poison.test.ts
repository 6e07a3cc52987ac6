import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { API_KEY, newTraceId, rowId } from '../support/heed.ts'
import { Product } from '../support/product.ts'
import { exchange } from './exchange.ts'

const PROJECT = 'poison'

/** How much memory all of it together may cost: bodies of 20 MB are parsed several times over. */
const GROWTH_BYTES_MAX = 700 * 2 ** 20

let product: Product
beforeAll(async () => {
  product = await Product.start()
})
afterAll(() => product?.stop())

async function post(body: string | Buffer, headers: Record<string, string> = {}) {
  const response = await fetch(`${product.url}/logs3`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, ...headers },
    body,
  })
  // Any JSON: each test states what it expects of it.
  const answer: ReturnType<typeof JSON.parse> = await response.json()
  return { status: response.status, answer }
}

/** A batch as bytes: a good row, the poisoned one, another good one. `row` is JSON, id left out. */
function batch(row: string | Buffer) {
  const traceId = newTraceId()
  const [before, poisoned, after] = [1, 2, 3].map((n) => rowId(traceId, n)) as [
    string,
    string,
    string,
  ]
  const good = (id: string) => `{"id":"${id}","input":"good"}`
  const head = `{"project_name":"${PROJECT}","rows":[${good(before)},{"id":"${poisoned}",`
  const body = Buffer.concat([
    Buffer.from(head),
    Buffer.from(row),
    Buffer.from(`},${good(after)}]}`),
  ])
  return { body, before, poisoned, after }
}

const read = async (id: string) =>
  (await product.get(`/v1/spans/${id}`, { project_name: PROJECT })).body

/** Sends a poisoned row between two good ones, which must be stored; returns what became of it. */
async function send(row: string | Buffer) {
  const { body, before, poisoned, after } = batch(row)
  const { status, answer } = await post(body)
  expect(status).toBe(200)
  for (const id of [before, after]) expect((await read(id)).input).toBe('good')
  const [refusal] = answer.rejected
  if (refusal) expect((await read(poisoned)).error.code).toBe('span_not_found')
  return refusal
    ? {
        index: refusal.index,
        id: refusal.id === poisoned,
        field: refusal.field,
        message: refusal.message,
      }
    : read(poisoned)
}

/** JSON of a field that must be read back as it was sent. */
const FAITHFUL: [what: string, json: string][] = [
  ['a lone surrogate', '"input":"a\\ud800b"'],
  ['NUL', '"input":"a\\u0000b"'],
  [
    'every control character',
    `"input":${JSON.stringify(String.fromCharCode(...Array(32).keys(), 127))}`,
  ],
  ['`a.b` beside a nested `a`', '"metadata":{"a.b":1,"a":{"b":2}}'],
  ['empty keys', '"metadata":{"":{"":1},"x":{"":2}}'],
  [
    'keys of prototypes',
    '"metadata":{"__proto__":{"a":1},"constructor":{"prototype":1},"toString":null}',
  ],
  ['lone surrogates and NUL in keys', '"metadata":{"\\ud800":1,"\\u0000":2}'],
  [
    'the largest and smallest numbers',
    '"input":[1.7976931348623157e308,5e-324,9007199254740991,-0.5]',
  ],
  ['a key of 100,000 characters', `"metadata":{"${'k'.repeat(100_000)}":1}`],
  ['a text of 18 MB', `"input":"${'x'.repeat(18_000_000)}"`],
  [
    'a list of a million numbers',
    `"input":[${Array.from({ length: 1_000_000 }, (_, i) => i).join()}]`,
  ],
  ['nesting of 98', `"input":${'['.repeat(98)}1${']'.repeat(98)}`],
  ['ten thousand keys', `"metadata":{${keys(10_000)}}`],
  [
    'what looks like SQL and JSON',
    `"input":${JSON.stringify("'); DROP TABLE spans; --\\'\"}{`\t\\N")}`,
  ],
]

function keys(count: number) {
  return Array.from({ length: count }, (_, i) => `"k${i}":${i}`).join()
}

test.each(FAITHFUL)('%s is stored faithfully, and its neighbours too', async (_, json) => {
  const span = await send(json)
  const [[key, value]] = Object.entries(JSON.parse(`{${json}}`)) as [[string, unknown]]
  expect(JSON.stringify(span[key]) === JSON.stringify(value)).toBe(true)
})

test('of a key that stands twice the last counts', async () => {
  expect((await send('"input":{"a":1,"b":2,"a":3}')).input).toEqual({ a: 3, b: 2 })
})

const BROKEN = Buffer.from([0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80])
const REFUSED: [what: string, row: string | Buffer, field: string, message: string][] = [
  [
    'nesting of a hundred thousand',
    `"input":${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    'input',
    'must not nest deeper than 100',
  ],
  [
    'nesting of objects',
    `"metadata":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
    'metadata',
    'must not nest deeper than 100',
  ],
  [
    'a million keys',
    `"metadata":{"x":{${keys(1_000_000)}}}`,
    'metadata.x',
    'must not have more than 10000 keys',
  ],
  ['a million keys of the row itself', keys(1_000_000), '', 'must not have more than 10000 keys'],
  ['1e400 in input', '"input":[{"a":1e400}]', 'input.0.a', 'is too large for a number'],
  [
    '-1e400 in metadata',
    '"metadata":{"cost":-1e400}',
    'metadata.cost',
    'is too large for a number',
  ],
  ['1e400 in metrics', '"metrics":{"tokens":1e400}', 'metrics.tokens', 'is too large for a number'],
  ['1e400 in a key nobody knows', '"mine":1e400', 'mine', 'is too large for a number'],
  [
    'a number of a megabyte',
    `"input":1${'0'.repeat(1_000_000)}`,
    'input',
    'is too large for a number',
  ],
  [
    'text that is not UTF-8',
    Buffer.concat([Buffer.from('"input":"ab'), BROKEN, Buffer.from('"')]),
    'input',
    'is not UTF-8',
  ],
  [
    'a key that is not UTF-8',
    Buffer.concat([Buffer.from('"metadata":{"'), BROKEN, Buffer.from('":1}')]),
    'metadata',
    'is not UTF-8',
  ],
]

test.each(REFUSED)(
  '%s is refused by name, and its neighbours are stored',
  async (_, row, field, message) => {
    const refusal = await send(row)
    expect(refusal).toMatchObject({ index: 1, id: true, message })
    expect(refusal.field.startsWith(field)).toBe(true)
  },
)

test('where a text is not UTF-8, replacement characters that were sent are kept', async () => {
  const { body, before } = batch(
    Buffer.concat([Buffer.from('"input":"'), BROKEN, Buffer.from('"')]),
  )
  const other = rowId(newTraceId(), 1)
  const good = `{"id":"${other}","input":"a\ufffdb"},`
  const at = body.indexOf('[') + 1
  const { answer } = await post(
    Buffer.concat([body.subarray(0, at), Buffer.from(good), body.subarray(at)]),
  )
  expect(answer.rejected.map((one: { index: number }) => one.index)).toEqual([2])
  expect((await read(other)).input).toBe('a\ufffdb')
  expect((await read(before)).input).toBe('good')
})

test('ids of foreign kinds are kept apart and found again', async () => {
  const ids = ['\u0000', ' ', "'", '\\', 'a/b', '__proto__', 'constructor', '%', 'é', 'e\u0301']
  const rows = ids.map((id, n) => ({
    id,
    span_id: `s${n}`,
    root_span_id: 'poisoned ids',
    input: n,
  }))
  expect((await post(JSON.stringify({ project_name: PROJECT, rows }))).answer.rejected).toEqual([])
  for (const [n, id] of ids.entries()) {
    expect([id, (await read(encodeURIComponent(id))).input]).toEqual([id, n])
  }
})

test('a text of 64 MB is refused before it is read, a gzip bomb while it is unpacked, both with their neighbours', async () => {
  const large = batch(`"input":"${'x'.repeat(64 * 2 ** 20)}"`)
  const outcome = await exchange(`${product.url}/logs3`, { body: large.body })
  // The rest of the body meets a closed connection: its reset may come before the answer is read.
  if (outcome.kind === 'answered') {
    expect([outcome.status, JSON.parse(outcome.text).error.code]).toEqual([
      413,
      'payload_too_large',
    ])
  } else expect(outcome).toEqual({ kind: 'unread' })
  expect((await product.get('/healthz')).status).toBe(200)
  const bomb = await post(gzipSync(large.body), { 'content-encoding': 'gzip' })
  expect([bomb.status, bomb.answer.error.code]).toEqual([413, 'payload_too_large'])
  for (const id of [large.before, large.poisoned, large.after]) {
    expect((await read(id)).error.code).toBe('span_not_found')
  }
  expect((await send('"input":"small enough"')).input).toBe('small enough')
})

test('the process is the same one, answers at once, and has not grown out of bounds', async () => {
  expect(product.output).not.toContain('    at ')
  const begun = performance.now()
  expect((await product.get('/healthz')).status).toBe(200)
  expect(performance.now() - begun).toBeLessThan(500)
  const fresh = await Product.start()
  const growth = product.residentBytes - fresh.residentBytes
  await fresh.stop()
  console.log(`grown by ${Math.round(growth / 2 ** 20)} MB`)
  expect(growth).toBeLessThan(GROWTH_BYTES_MAX)
})
