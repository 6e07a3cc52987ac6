import { describe, expect, test } from 'vitest'
import type { Json } from '../wire/common.ts'
import { mergeRow, plainRow, type RowJson } from './merge.ts'

const cases: [sentence: string, base: RowJson, patch: RowJson, merged: Json][] = [
  [
    'objects merge key by key',
    { a: { x: 1, y: 1 } },
    { a: { y: 2, z: 3 } },
    { a: { x: 1, y: 2, z: 3 } },
  ],
  [
    'null overwrites and stays',
    { a: { x: 1 }, b: 1 },
    { a: { x: null }, b: null },
    { a: { x: null }, b: null },
  ],
  ['a key that is absent is added, none is ever removed', { a: 1 }, { b: 2 }, { a: 1, b: 2 }],
  ['an empty object says nothing', { a: { x: 1 } }, { a: {} }, { a: { x: 1 } }],
  ['what comes after a null takes its place', { a: null }, { a: { x: 1 } }, { a: { x: 1 } }],
  ['arrays are replaced', { a: [1, 2] }, { a: [3] }, { a: [3] }],
  ['objects in an array do not merge', { a: [{ x: 1 }] }, { a: [{ y: 2 }] }, { a: [{ y: 2 }] }],
  [
    'a change of type overwrites, whichever way',
    { a: { x: 1 }, b: 'text', c: [1], d: { x: 1 } },
    { a: 'text', b: { x: 1 }, c: { x: 1 }, d: [1] },
    { a: 'text', b: { x: 1 }, c: { x: 1 }, d: [1] },
  ],
  [
    'scores merge by name, and a null is kept as no score',
    { scores: { a: 1, b: 0.5 } },
    { scores: { b: null, c: 0 } },
    { scores: { a: 1, b: null, c: 0 } },
  ],
  [
    'tags unite in order of appearance',
    { tags: ['b', 'a'] },
    { tags: ['c', 'a'] },
    { tags: ['b', 'a', 'c'] },
  ],
  ['tags of a row without any are a set too', {}, { tags: ['a', 'a'] }, { tags: ['a'] }],
  ['a null takes the place of tags', { tags: ['a'] }, { tags: null }, { tags: null }],
  [
    'tags elsewhere are a list like any other',
    { metadata: { tags: ['a'] } },
    { metadata: { tags: ['b'] } },
    { metadata: { tags: ['b'] } },
  ],
  [
    'tags in _merge_paths are replaced',
    { tags: ['a'] },
    { tags: ['b'], _merge_paths: [['tags']] },
    { tags: ['b'] },
  ],
  [
    'a path in _merge_paths is replaced, its neighbours merge',
    { input: { a: { x: 1 }, b: { x: 1 } } },
    { input: { a: { y: 2 }, b: { y: 2 } }, _merge_paths: [['input', 'a']] },
    { input: { a: { y: 2 }, b: { x: 1, y: 2 } } },
  ],
  [
    'a whole field in _merge_paths is replaced',
    { output: { a: 1 }, input: { a: 1 } },
    { output: { b: 2 }, input: { b: 2 }, _merge_paths: [['output']] },
    { output: { b: 2 }, input: { a: 1, b: 2 } },
  ],
  [
    'a path in _merge_paths that is not there does nothing',
    { a: { x: 1 } },
    { a: { y: 2 }, _merge_paths: [['b'], ['a', 'z'], ['a', 'x', 'deep'], []] },
    { a: { x: 1, y: 2 } },
  ],
  [
    '_array_delete comes after what the same row adds',
    { tags: ['a'] },
    { tags: ['b', 'c'], _array_delete: [{ path: ['tags'], delete: ['a', 'b'] }] },
    { tags: ['c'] },
  ],
  [
    '_array_delete leaves alone what is no array',
    { a: 'text', b: { c: 1 }, d: null },
    { _array_delete: ['a', 'b', 'd'].map((key) => ({ path: [key], delete: ['text', 1] })) },
    { a: 'text', b: { c: 1 }, d: null },
  ],
  [
    '_array_delete removes equal values, whatever the order of their keys',
    { tags: ['a', 'b'], m: { list: [{ x: 1, y: 2 }, 3] } },
    {
      _array_delete: [
        { path: ['tags'], delete: ['a'] },
        { path: ['m', 'list'], delete: [{ y: 2, x: 1 }] },
        { path: ['absent'], delete: [1] },
      ],
    },
    { tags: ['b'], m: { list: [3] } },
  ],
  [
    'the first created and span ids stay, missing ones are filled in',
    { created: '1', span_id: 's', root_span_id: null, _parent_id: 'q' },
    { created: '2', span_id: 'x', root_span_id: 'r', span_parents: ['p'], _parent_id: 'x' },
    { created: '1', span_id: 's', root_span_id: 'r', span_parents: ['p'], _parent_id: 'q' },
  ],
]

describe('a merge row', () => {
  test.each(cases)('%s', (_, base, patch, merged) => {
    expect(mergeRow(base, patch)).toEqual(merged)
  })

  test('names of prototypes are names like any other', () => {
    const base = JSON.parse('{"m":{"__proto__":{"a":1},"constructor":1}}')
    const patch = JSON.parse('{"m":{"__proto__":{"b":2},"constructor":{"c":3}}}')
    expect(JSON.stringify(mergeRow(base, patch))).toBe(
      '{"m":{"__proto__":{"a":1,"b":2},"constructor":{"c":3}}}',
    )
    expect(({} as Record<string, unknown>).b).toBeUndefined()
  })

  test('applied twice in a row it changes nothing more', () => {
    for (const [, base, patch] of cases) {
      const once = mergeRow(base, patch)
      expect(mergeRow(once, patch)).toEqual(once)
    }
  })

  test('what tells how to write is no part of the row', () => {
    const row = plainRow({ id: 'a', _is_merge: false, _merge_paths: [], tags: ['a', 'a'], x: 1 })
    expect(row).toEqual({ id: 'a', tags: ['a'], x: 1 })
  })
})
