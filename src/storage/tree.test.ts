import { expect, test } from 'vitest'
import { plant } from './tree.ts'

const span = (span_id: string, parents: string[] = [], start: number | null = 0) => ({
  id: span_id,
  span_id,
  span_parents: parents,
  is_root: parents.length === 0,
  start,
  exec_counter: 0,
})

const drawn = (...spans: ReturnType<typeof span>[]) =>
  plant(spans).map((placed) => `${placed.parent?.id ?? ''}>${placed.span.id}`)

test('parents come before children, siblings in order of time, whatever the order of arrival', () => {
  const spans = [span('c', ['a'], 2), span('d', ['b'], 3), span('b', ['a'], 1), span('a')]
  expect(drawn(...spans)).toEqual(['>a', 'a>b', 'b>d', 'a>c'])
  expect(drawn(...spans.toReversed())).toEqual(['>a', 'a>b', 'b>d', 'a>c'])
})

test('a span whose parent is missing hangs from the root with all that is below it', () => {
  expect(drawn(span('a'), span('y', ['x'], 1), span('z', ['y'], 2))).toEqual(['>a', 'a>y', 'y>z'])
})

test('a second root, a circle of parents and what hangs from it are in the tree once, below the root', () => {
  const circle = [span('p', ['q'], 3), span('q', ['p'], 4), span('r', ['q'], 5)]
  const tree = drawn(span('a', [], 1), span('b', [], 2), ...circle)
  expect(tree).toEqual(['>a', 'a>b', 'a>p', 'a>q', 'a>r'])
})

test('a span that is its own parent hangs from the root', () => {
  expect(drawn(span('a'), span('b', ['b'], 1))).toEqual(['>a', 'a>b'])
})

test('a row with the span id of another hangs from it, as a log of a span does', () => {
  const log = (id: string, span_id: string, start: number) => ({ ...span(span_id, [], start), id })
  const spans = [span('a'), span('b', ['a'], 1), log('l', 'b', 2), span('c', ['b'], 3)]
  expect(drawn(...spans, log('m', 'a', 4))).toEqual(['>a', 'a>b', 'b>l', 'b>c', 'a>m'])
  expect(drawn(span('a'), log('n', '', 1), log('o', '', 2))).toEqual(['>a', 'a>n', 'a>o'])
})

test('without a root the earliest span takes its place', () => {
  expect(drawn(span('c', ['b'], 2), span('b', ['gone'], 1))).toEqual(['>b', 'b>c'])
})

test('a chain of ten thousand spans is no problem', () => {
  const chain = Array.from({ length: 10_000 }, (_, i) => span(`s${i}`, i ? [`s${i - 1}`] : [], i))
  expect(drawn(...chain)).toHaveLength(10_000)
})
