import { expect, test } from 'vitest'
import type { SpanSummary } from '../../wire/traces.ts'
import { moveInTree, treeRows } from './tree.ts'

const span = (id: string, parent_id: string | null): SpanSummary => ({
  id,
  span_id: id,
  trace_id: 't',
  parent_id,
  name: id,
  type: '',
  xact_id: '1',
  created: '2026-01-01T00:00:00Z',
  start: null,
  end: null,
  error: null,
  model: null,
  user: null,
  tags: [],
  metrics: [],
  scores: [],
  feedback_count: 0,
})

const spans = [span('a', null), span('b', 'a'), span('c', 'b'), span('d', 'a')]
const none = new Set<string>()
const ids = (folded: Set<string>) => treeRows(spans, folded).map((r) => `${r.level}${r.span.id}`)

test('children stand under their parent, one level deeper', () => {
  expect(ids(none)).toEqual(['1a', '2b', '3c', '2d'])
})

test('a folded span hides everything below it and stays itself', () => {
  expect(ids(new Set(['b']))).toEqual(['1a', '2b', '2d'])
  expect(ids(new Set(['a']))).toEqual(['1a'])
})

test('a span whose parent has not arrived stands at the top', () => {
  expect(treeRows([span('x', 'missing'), span('y', 'x')], none).map((r) => r.level)).toEqual([1, 2])
})

test('a chain of ten thousand spans is drawn', () => {
  const chain = Array.from({ length: 10_000 }, (_, i) => span(`${i}`, i ? `${i - 1}` : null))
  expect(treeRows(chain, none).at(-1)?.level).toBe(10_000)
})

test('arrows walk the rows, fold and unfold, and climb to the parent', () => {
  const move = (from: string, key: string, folded = none) =>
    moveInTree(treeRows(spans, folded), from, folded, key)
  expect(move('a', 'ArrowDown')).toEqual({ select: 'b' })
  expect(move('a', 'ArrowUp')).toBeNull()
  expect(move('d', 'ArrowLeft')).toEqual({ select: 'a' })
  expect(move('c', 'ArrowLeft')).toEqual({ select: 'b' })
  expect(move('b', 'ArrowLeft')).toEqual({ fold: 'b' })
  expect(move('b', 'ArrowRight')).toEqual({ select: 'c' })
  expect(move('b', 'ArrowRight', new Set(['b']))).toEqual({ unfold: 'b' })
  expect(move('a', 'End')).toEqual({ select: 'd' })
})
