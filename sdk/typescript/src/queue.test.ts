import { expect, test } from 'vitest'
import { type Item, Queue } from './queue.ts'

const item = (id: string, text = id): Item => ({
  list: 'rows',
  id,
  seq: 0,
  size: text.length,
  take: () => text,
  discard: () => {},
})

function filled(count: number, limits = { maxRows: 1000, maxBytes: 1e6 }) {
  let dropped = 0
  const queue = new Queue(limits, { onDrop: () => dropped++, onUnwritable: () => {} })
  for (let n = 0; n < count; n++) queue.put(item(`id-${n}`), 0)
  return { queue, dropped: () => dropped }
}

const ids = (batch: readonly { id: string }[]) => batch.map(({ id }) => id)

test('items leave in the order they came', () => {
  const { queue } = filled(3)
  expect(ids(queue.take(2, 1e6))).toEqual(['id-0', 'id-1'])
  queue.settle()
  expect(ids(queue.take(2, 1e6))).toEqual(['id-2'])
  queue.settle()
  expect(queue.length).toBe(0)
})

test('what was given back comes first, as the same bytes', () => {
  const { queue } = filled(3)
  const first = queue.take(2, 1e6)
  queue.giveBack()
  const again = queue.take(3, 1e6)
  expect(ids(again)).toEqual(['id-0', 'id-1', 'id-2'])
  expect(again[0]?.bytes).toBe(first[0]?.bytes)
})

test('a batch ends at the limit of bytes, but holds at least one item', () => {
  const { queue } = filled(3)
  expect(ids(queue.take(10, 7))).toEqual(['id-0'])
  queue.settle()
  expect(ids(queue.take(10, 8))).toEqual(['id-1', 'id-2'])
})

test('a full queue drops the oldest and counts it exactly', () => {
  const { queue, dropped } = filled(25, { maxRows: 10, maxBytes: 1e6 })
  expect(dropped()).toBe(15)
  expect(ids(queue.take(100, 1e6))).toEqual(Array.from({ length: 10 }, (_, n) => `id-${n + 15}`))
})

test('what was given back is the oldest, so it is dropped first', () => {
  const { queue, dropped } = filled(4, { maxRows: 4, maxBytes: 1e6 })
  queue.take(2, 1e6)
  queue.giveBack()
  queue.put(item('new'), 0)
  expect(dropped()).toBe(1)
  expect(ids(queue.take(9, 1e6))).toEqual(['id-1', 'id-2', 'id-3', 'new'])
})

test('the limit of bytes holds, for growth too', () => {
  const { queue, dropped } = filled(0, { maxRows: 100, maxBytes: 100 })
  const growing = { ...item('a'), size: 10 }
  queue.put(growing, 0)
  queue.put({ ...item('b'), size: 10 }, 0)
  growing.size = 95
  queue.put(growing, 10)
  expect(dropped()).toBe(1)
  expect(queue.length).toBe(1)
})

test('an item larger than the whole queue is dropped and counted', () => {
  const { queue, dropped } = filled(0, { maxRows: 100, maxBytes: 100 })
  queue.put({ ...item('huge'), size: 1000 }, 0)
  expect([dropped(), queue.length]).toEqual([1, 0])
})

test('items that have no text leave by themselves, and their neighbours stay', () => {
  const unwritable: string[] = []
  let dropped = 0
  const queue = new Queue(
    { maxRows: 100_000, maxBytes: 1e6 },
    {
      onDrop: () => dropped++,
      onUnwritable: ({ id }, thrown) => unwritable.push(`${id} ${thrown}`),
    },
  )
  const bad = (id: string): Item => ({
    ...item(id),
    take: () => {
      throw new RangeError('Invalid string length')
    },
  })
  queue.put(item('a'), 0)
  for (let n = 0; n < 20_000; n++) queue.put(bad(`bad-${n}`), 0)
  queue.put(item('b'), 0)
  expect(ids(queue.take(1000, 1e6))).toEqual(['a', 'b'])
  expect([unwritable.length, unwritable[0], dropped]).toEqual([
    20_000,
    'bad-0 RangeError: Invalid string length',
    0,
  ])
  queue.settle()
  expect(queue.length).toBe(0)
})

test('many items pass through without the queue growing', () => {
  const { queue, dropped } = filled(0, { maxRows: 50, maxBytes: 1e6 })
  let taken = 0
  for (let n = 0; n < 10_000; n++) {
    queue.put(item(`${n}`), 0)
    if (n % 7 === 0) {
      taken += queue.take(20, 1e6).length
      queue.settle()
    }
  }
  expect(taken + queue.length + dropped()).toBe(10_000)
})
