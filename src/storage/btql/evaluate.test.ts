import { expect, test } from 'vitest'
import type { Expression } from '../../wire/btql.ts'
import type { Json } from '../../wire/common.ts'
import { isLetThrough } from './evaluate.ts'

const ident = (...name: (string | number)[]): Expression => ({ op: 'ident', name })
const literal = (value: Json): Expression => ({ op: 'literal', value })

const row = {
  created: '2026-01-01T00:00:00.500000Z',
  input: ['a', { b: 1 }],
  metadata: { user: 'u', n: 2, gone: null },
  metrics: { start: 1, end: 3.5 },
  span_attributes: { type: 'llm' },
}

test.each<[string, boolean, Expression]>([
  ['equal values', true, { op: 'eq', left: ident('metadata', 'user'), right: literal('u') }],
  ['objects by content', true, { op: 'eq', left: ident('input', 1), right: literal({ b: 1 }) }],
  [
    'a number and its text differ',
    false,
    { op: 'eq', left: ident('metadata', 'n'), right: literal('2') },
  ],
  [
    'nothing equals null',
    false,
    { op: 'eq', left: ident('metadata', 'gone'), right: literal(null) },
  ],
  ['nothing differs from null', false, { op: 'ne', left: ident('nowhere'), right: literal('x') }],
  [
    'not of unknown is unknown',
    false,
    { op: 'not', expr: { op: 'eq', left: ident('nowhere'), right: literal(1) } },
  ],
  [
    'null and missing are null',
    true,
    {
      op: 'and',
      children: [
        { op: 'isnull', expr: ident('metadata', 'gone') },
        { op: 'isnull', expr: ident('a', 'b') },
      ],
    },
  ],
  [
    'one true is enough for or',
    true,
    {
      op: 'or',
      children: [{ op: 'eq', left: ident('nowhere'), right: literal(1) }, literal(true)],
    },
  ],
  [
    'one of a list',
    true,
    { op: 'in', left: ident('span_attributes', 'type'), right: literal(['task', 'llm']) },
  ],
  [
    'none of a list',
    false,
    { op: 'in', left: ident('span_attributes', 'type'), right: literal([]) },
  ],
  [
    'a difference',
    true,
    {
      op: 'ge',
      left: { op: 'sub', left: ident('metrics', 'end'), right: ident('metrics', 'start') },
      right: literal(2.5),
    },
  ],
  [
    'moments of any precision',
    true,
    { op: 'gt', left: ident('created'), right: literal('2026-01-01T00:00:00Z') },
  ],
  [
    'moments of any zone',
    true,
    { op: 'lt', left: ident('created'), right: literal('2026-01-01T01:00:01+01:00') },
  ],
  [
    'text and number have no order',
    false,
    { op: 'lt', left: ident('metadata', 'user'), right: literal(1) },
  ],
  [
    'a name is never a property of ours',
    true,
    { op: 'isnull', expr: ident('constructor', 'name') },
  ],
  ['a name is no position in a list', true, { op: 'isnull', expr: ident('input', 'first') }],
  ['no name is none either', true, { op: 'isnull', expr: ident('input', '') }],
  ['a position may be a text', true, { op: 'eq', left: ident('input', '0'), right: literal('a') }],
  ['a number alone lets nothing through', false, literal(1)],
])('%s: %s', (_, isThrough, filter) => {
  expect(isLetThrough(filter, row)).toBe(isThrough)
})
