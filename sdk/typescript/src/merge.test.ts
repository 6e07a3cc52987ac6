import { expect, test } from 'vitest'
import { mergeField, mergeValues } from './merge.ts'

test.each<[unknown, unknown, unknown]>([
  [{ a: { b: 1, c: 2 } }, { a: { c: 3 } }, { a: { b: 1, c: 3 } }],
  [{ a: [1, 2] }, { a: [3] }, { a: [3] }],
  [{ a: { b: 1 } }, { a: null }, { a: null }],
  [{ a: 1 }, { a: { b: 1 } }, { a: { b: 1 } }],
  ['text', { a: 1 }, { a: 1 }],
  [{ a: 1 }, 'text', 'text'],
])('%j and then %j is %j', (base, change, merged) => {
  expect(mergeValues(base, change)).toEqual(merged)
})

test('tags unite in the order they came', () => {
  expect(mergeField('tags', ['b', 'a'], ['a', 'c'])).toEqual(['b', 'a', 'c'])
})

test('a key such as __proto__ merges as data', () => {
  const base = JSON.parse('{"__proto__": {"a": 1}}')
  const change = JSON.parse('{"__proto__": {"b": 2}, "constructor": {"c": 3}}')
  expect(JSON.stringify(mergeValues(base, change))).toBe(
    '{"__proto__":{"a":1,"b":2},"constructor":{"c":3}}',
  )
})
