import { describe, expect, test } from 'vitest'
import { copy, toJson } from './copy.ts'

const read = (value: unknown): unknown => JSON.parse(toJson({ value: copy(value).value })).value

test('a copy does not change when the original does', () => {
  const messages = [{ role: 'user', content: 'hi' }]
  const { value } = copy({ messages })
  messages.push({ role: 'user', content: 'later' })
  expect(value).toEqual({ messages: [{ role: 'user', content: 'hi' }] })
})

describe('what JSON cannot hold becomes readable', () => {
  class Point {
    x = 1
    get y(): number {
      throw new Error('no y')
    }
  }
  const circular: Record<string, unknown> = { name: 'a' }
  circular.self = circular
  const shared = { n: 1 }
  test.each<[string, unknown, unknown]>([
    ['a cycle', circular, { name: 'a', self: '[Circular]' }],
    ['a value used twice', [shared, shared], [{ n: 1 }, { n: 1 }]],
    ['a bigint', { n: 12345678901234567890n }, { n: '12345678901234567890' }],
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['an invalid date', new Date(Number.NaN), null],
    ['undefined', { a: undefined, b: [undefined] }, { b: [null] }],
    ['not a number', { a: Number.NaN, b: Infinity }, { a: null, b: null }],
    ['a function', { f: function named() {} }, { f: '[Function named]' }],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['a map', new Map([['a', new Map([['b', 1]])]]), { a: { b: 1 } }],
    ['a set', new Set([1, 'b']), [1, 'b']],
    ['bytes', new Uint8Array(3), '[Uint8Array, 3 bytes]'],
    ['a buffer', Buffer.from('abc'), '[Buffer, 3 bytes]'],
    ['a URL', new URL('http://a.test/'), 'http://a.test/'],
    ['a regular expression', /a+/g, '/a+/g'],
    ['a promise', Promise.resolve(1), '[Promise]'],
    ['an instance', Object.assign(new Point(), { z: 2 }), { x: 1, z: 2 }],
    ['a half character', { '\ud800': 'a\udfff \\ud800' }, { '\ufffd': 'a\ufffd \\ud800' }],
    ['a whole character', '😀', '😀'],
    ['an object without prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ])('%s', (_, value, expected) => {
    expect(read(value)).toEqual(expected)
  })

  test('an error with its cause', () => {
    const error = new TypeError('outer', { cause: new Error('inner') })
    expect(read({ error })).toMatchObject({
      error: { name: 'TypeError', message: 'outer', cause: { name: 'Error', message: 'inner' } },
    })
  })

  test('a getter, a toJSON and a proxy that throw cost themselves only', () => {
    const thrower = () => {
      throw new Error('boom')
    }
    const value = {
      get bad() {
        return thrower()
      },
      also: { toJSON: thrower },
      proxy: new Proxy({}, { ownKeys: thrower }),
      good: 1,
    }
    const text = '[Unserialisable: boom]'
    expect(read(value)).toEqual({ bad: text, also: text, proxy: text, good: 1 })
  })
})

test('a key such as __proto__ is data', () => {
  const value = JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}')
  const copied = copy(value).value
  expect(toJson({ value: copied })).toBe(
    '{"value":{"__proto__":{"polluted":true},"constructor":1}}',
  )
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

test('depth is cut at 64', () => {
  let deep: unknown = 'bottom'
  for (let i = 0; i < 10_000; i++) deep = { deep }
  const json = toJson({ value: copy(deep).value })
  expect(json).toContain('[Too deep]')
  expect(json.split('deep').length).toBeLessThan(70)
})

test('a graph that would unfold without end is cut', () => {
  let wide: unknown = 1
  for (let i = 0; i < 60; i++) wide = [wide, wide]
  expect(toJson({ value: copy(wide).value }).length).toBeLessThan(20_000_000)
})

test('a toJSON that logs, and so copies while a copy is being made, disturbs nothing', () => {
  const inner = { toJSON: () => copy({ a: [1, 2, 3] }).value }
  expect(read({ inner, b: 1 })).toEqual({ inner: { a: [1, 2, 3] }, b: 1 })
})

test.each<[string, unknown]>([
  ['the keys of a map', new Map([['k'.repeat(1000), 1]])],
  ['a bigint', [10n ** 1000n]],
  ['a symbol', [Symbol('s'.repeat(1000))]],
  ['a regular expression', [new RegExp('r'.repeat(1000))]],
  ['dates', Array.from({ length: 100 }, () => new Date(0))],
  ['bytes', Array.from({ length: 100 }, () => new Uint8Array(3))],
  ['functions', Array.from({ length: 100 }, () => function aFunction() {})],
  ['nulls', Array.from({ length: 100 }, () => null)],
  ['cycles', circles()],
  [
    'what throws',
    [Object.defineProperty({}, 'a', { enumerable: true, get: thrower('m'.repeat(1000)) })],
  ],
])('the size counts %s', (_, value) => {
  const { value: copied, size } = copy(value)
  const { length } = JSON.stringify(copied)
  expect(size / length).toBeGreaterThan(0.7)
  expect(size / length).toBeLessThan(1.4)
})

test.each<[string, (keys: readonly string[], visited: () => void) => unknown]>([
  ['an object', (keys, visited) => Object.fromEntries(keys.map((key) => [key, counted(visited)]))],
  ['a map', (keys, visited) => new Map(keys.map((key) => [key, counted(visited)]))],
  ['a list', (keys, visited) => keys.map(() => counted(visited))],
])('nothing of %s is read beyond 250,000 values, and the end says so', (_, make) => {
  let visits = 0
  const keys = Array.from({ length: 300_000 }, (_, n) => `k${n}`)
  const { value } = copy({ wide: make(keys, () => visits++), after: 1 })
  const { wide, ...others } = value as { wide: object }
  expect(others).toEqual({})
  expect(Object.values(wide).slice(-2)).toEqual([1, '[Too large]'])
  expect(visits).toBeLessThanOrEqual(125_000)
})

/** Says when it is read. */
const counted = (visited: () => void) => ({
  toJSON: () => {
    visited()
    return 1
  },
})

function thrower(message: string) {
  return () => {
    throw new Error(message)
  }
}

/** Full of what is cut, and of little else. */
function circles(): unknown {
  const ring: unknown[] = []
  for (let n = 0; n < 100; n++) ring.push(ring)
  return ring
}

test('the size is near the length of the JSON text', () => {
  const value = {
    messages: Array.from({ length: 20 }, (_, n) => ({ role: 'user', n, text: 'abc' })),
  }
  const { size } = copy(value)
  const { length } = JSON.stringify(value)
  expect(size / length).toBeGreaterThan(0.7)
  expect(size / length).toBeLessThan(1.4)
})
