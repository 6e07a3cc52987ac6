import { afterAll, beforeAll, expect, test } from 'vitest'
import { API_KEY, newTraceId, rowId } from '../support/heed.ts'
import { Product } from '../support/product.ts'

const PROJECT = 'poisoned feedback'

let product: Product
beforeAll(async () => {
  product = await Product.start()
})
afterAll(() => product?.stop())

/** Sends one poisoned event between two good ones, which must be stored. Its fields are JSON, id left out. */
async function send(fields: string | Buffer) {
  const target = rowId(newTraceId(), 1)
  const [before, poisoned, after] = ['before', 'poisoned', 'after'].map((name) => name + target)
  const good = (id: string | undefined, user: string) =>
    `{"id":"${target}","feedback_id":"${id}","user":"${user}","scores":{"helpful":1}}`
  const body = Buffer.concat([
    Buffer.from(`{"project_name":"${PROJECT}","feedback":[${good(before, 'u1')},`),
    Buffer.from(`{"id":"${target}","feedback_id":"${poisoned}",`),
    Buffer.from(fields),
    Buffer.from(`},${good(after, 'u2')}]}`),
  ])
  const response = await fetch(`${product.url}/v1/feedback`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body,
  })
  // Any JSON: each test states what it expects of it.
  const answer: ReturnType<typeof JSON.parse> = await response.json()
  expect([response.status, answer.error]).toEqual([201, undefined])
  const query = { project_name: PROJECT, id: target }
  const { feedback } = (await product.get('/v1/feedback', query)).body
  const stored = new Map<string, Record<string, unknown>>(
    feedback.map((event: { feedback_id: string }) => [event.feedback_id, event]),
  )
  expect([...stored.keys()]).toEqual(expect.arrayContaining([before, after]))
  return { refusal: answer.rejected[0], event: stored.get(String(poisoned)) }
}

const keys = (count: number) => Array.from({ length: count }, (_, i) => `"k${i}":${i}`).join()

/** A field as it was sent, and as it must be read back; a text of it must be found as it was sent. */
const FAITHFUL: [what: string, json: string][] = [
  ['NUL in a comment', '"comment":"a\\u0000b"'],
  [
    'every control character',
    `"comment":${JSON.stringify(String.fromCharCode(...Array(32).keys(), 127))}`,
  ],
  [
    'what looks like SQL',
    `"comment":${JSON.stringify("'); DROP TABLE feedback; --\\'\"}{`\t\\N")}`,
  ],
  ['a lone surrogate in a correction', '"expected":"a\\ud800b"'],
  ['a correction of 18 MB', `"expected":"${'x'.repeat(18_000_000)}"`],
  ['`a.b` beside a nested `a`', '"metadata":{"a.b":1,"a":{"b":2}}'],
  ['keys of prototypes', '"metadata":{"__proto__":{"a":1},"constructor":{"prototype":1}}'],
  ['empty keys', '"metadata":{"":{"":1}}'],
  ['lone surrogates and NUL in keys', '"metadata":{"\\ud800":1,"\\u0000":2}'],
  ['ten thousand keys', `"metadata":{${keys(10_000)}}`],
  ['nesting of 98', `"expected":${'['.repeat(98)}1${']'.repeat(98)}`],
  ['NUL in a user', '"comment":"c","user":"a\\u0000b"'],
]

test.each(FAITHFUL)('%s is stored faithfully, and its neighbours too', async (_, json) => {
  const { refusal, event } = await send(json)
  expect(refusal).toBeUndefined()
  for (const [key, value] of Object.entries(JSON.parse(`{${json}}`))) {
    expect(JSON.stringify(event?.[key]) === JSON.stringify(value)).toBe(true)
  }
})

test('scores may have the names of what objects have by themselves', async () => {
  const { event } = await send('"scores":{"__proto__":0.5,"constructor":1,"toString":null}')
  expect(event?.scores).toEqual(
    expect.arrayContaining([
      { name: '__proto__', value: 0.5 },
      { name: 'constructor', value: 1 },
      { name: 'toString', value: null },
    ]),
  )
})

const REFUSED: [what: string, json: string | Buffer, field: string][] = [
  ['a score of 1e400', '"scores":{"helpful":1e400}', 'scores.helpful'],
  ['a score beyond 1', '"scores":{"helpful":1.5}', 'scores.helpful'],
  ['a score that is a text', '"scores":{"helpful":"good"}', 'scores.helpful'],
  ['a million scores', `"scores":{${keys(1_000_000)}}`, 'scores'],
  ['a comment of 16,000,000 letters', `"comment":"${'x'.repeat(16_000_000)}"`, 'comment'],
  [
    'nesting of a hundred thousand',
    `"expected":${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    'expected',
  ],
  ['-1e400 in metadata', '"metadata":{"cost":-1e400}', 'metadata.cost'],
  ['a million keys', `"metadata":{${keys(1_000_000)}}`, 'metadata'],
  [
    'a comment that is not UTF-8',
    Buffer.concat([
      Buffer.from('"comment":"ab'),
      Buffer.from([0xff, 0xc3, 0x28]),
      Buffer.from('"'),
    ]),
    'comment',
  ],
  ['nothing that is said', '"user":"u3"', ''],
]

test.each(REFUSED)(
  '%s is refused by name, and its neighbours are stored',
  async (_, json, field) => {
    const { refusal, event } = await send(json)
    expect(refusal).toMatchObject({ list: 'feedback', index: 1 })
    expect(refusal.field.startsWith(field)).toBe(true)
    expect(event).toBeUndefined()
  },
)

test('after all of it a vote counts, and the process is the same one', async () => {
  const { event } = await send('"user":"u3","scores":{"helpful":0}')
  expect(event).toMatchObject({ user: 'u3', scores: [{ name: 'helpful', value: 0 }] })
  expect(product.output).not.toContain('    at ')
})
