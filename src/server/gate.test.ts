import { expect, test } from 'vitest'
import { announcedBytes, Gate, Lane } from './gate.ts'

test('what does not fit waits, in order of arrival, and enters when there is room', async () => {
  const lane = new Lane(100, 1_000)
  const first = await lane.enter(80)
  const order: string[] = []
  const large = lane.enter(90).then((room) => {
    order.push('large')
    room.leave()
  })
  const small = lane.enter(5).then((room) => {
    order.push('small')
    room.leave()
  })
  await new Promise(setImmediate)
  expect(order).toEqual([])
  first.leave()
  await Promise.all([large, small])
  expect(order).toEqual(['large', 'small'])
  expect(lane.bytes).toBe(0)
})

test('who waits too long is refused as overloaded, and takes no room', async () => {
  const lane = new Lane(100, 20)
  const room = await lane.enter(80)
  await expect(lane.enter(50)).rejects.toMatchObject({ code: 'overloaded', status: 503 })
  room.leave()
  expect(lane.bytes).toBe(0)
})

test('one alone enters whatever its size, and its true size counts once it is known', async () => {
  const lane = new Lane(100, 1_000)
  const room = await lane.enter(1_000)
  const next = lane.enter(50)
  room.resize(50)
  const other = await next
  expect(lane.bytes).toBe(100)
  room.leave()
  room.leave()
  other.leave()
  expect(lane.bytes).toBe(0)
})

test('small bodies have room of their own, whatever large ones wait', async () => {
  const gate = new Gate()
  const rooms = [await gate.enter(48 * 2 ** 20)]
  const large = gate.enter(2 ** 20)
  rooms.push(await gate.enter(1_000))
  rooms[0]?.leave()
  rooms.push(await large)
  for (const room of rooms) room.leave()
  expect(gate.bytes).toBe(0)
})

test('closed, it refuses those who wait and those who come, and waits for those inside', async () => {
  const gate = new Gate()
  await gate.enter(48 * 2 ** 20)
  const waiting = gate.enter(2 ** 20)
  let leave = () => {}
  const inside = gate.pass(
    () =>
      new Promise((resolve) => {
        leave = resolve
      }),
  )
  let isDone = false
  const closing = gate.close(1_000).then(() => {
    isDone = true
  })
  await expect(waiting).rejects.toMatchObject({ code: 'shutting_down' })
  await expect(gate.enter(1)).rejects.toMatchObject({ code: 'shutting_down' })
  await expect(gate.pass(async () => {})).rejects.toMatchObject({ code: 'shutting_down' })
  expect(isDone).toBe(false)
  leave()
  await Promise.all([inside, closing])
})

test('closed, it gives those inside up who take too long', async () => {
  const gate = new Gate()
  void gate.pass(() => new Promise(() => {}))
  await expect(gate.close(10)).resolves.toBeUndefined()
})

test('a body without a length may be of the largest size, a gzipped one grows', () => {
  const of = (headers: Record<string, string>) => announcedBytes(new Headers(headers), 1_000)
  expect(of({})).toBe(1_000)
  expect(of({ 'content-length': '10' })).toBe(10)
  expect(of({ 'content-length': '10', 'content-encoding': 'gzip' })).toBe(100)
  expect(of({ 'content-length': '5000' })).toBe(1_000)
})
