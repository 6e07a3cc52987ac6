import { expect, test } from 'vitest'
import { announcedBytes, Gate } from './gate.ts'

test('what does not fit waits, in order of arrival, and enters when there is room', async () => {
  const gate = new Gate(100, 1_000)
  const first = await gate.enter(80)
  const order: string[] = []
  const large = gate.enter(90).then((room) => {
    order.push('large')
    room.leave()
  })
  const small = gate.enter(5).then((room) => {
    order.push('small')
    room.leave()
  })
  await new Promise(setImmediate)
  expect(order).toEqual([])
  first.leave()
  await Promise.all([large, small])
  expect(order).toEqual(['large', 'small'])
  expect(gate.bytes).toBe(0)
})

test('who waits too long is refused as overloaded, and takes no room', async () => {
  const gate = new Gate(100, 20)
  const room = await gate.enter(80)
  await expect(gate.enter(50)).rejects.toMatchObject({ code: 'overloaded', status: 503 })
  room.leave()
  expect(gate.bytes).toBe(0)
})

test('one alone enters whatever its size, and its true size counts once it is known', async () => {
  const gate = new Gate(100, 1_000)
  const room = await gate.enter(1_000)
  const next = gate.enter(50)
  room.resize(50)
  const other = await next
  expect(gate.bytes).toBe(100)
  room.leave()
  room.leave()
  other.leave()
  expect(gate.bytes).toBe(0)
})

test('closed, it refuses those who wait and those who come', async () => {
  const gate = new Gate(100, 1_000)
  await gate.enter(100)
  const waiting = gate.enter(1)
  gate.close()
  await expect(waiting).rejects.toMatchObject({ code: 'shutting_down' })
  await expect(gate.enter(1)).rejects.toMatchObject({ code: 'shutting_down' })
  expect(() => gate.assertOpen()).toThrow()
})

test('a body without a length may be of any size, a gzipped one grows', () => {
  const of = (headers: Record<string, string>) => announcedBytes(new Headers(headers), 1_000)
  expect(of({})).toBe(1_000)
  expect(of({ 'content-length': '10' })).toBe(10)
  expect(of({ 'content-length': '10', 'content-encoding': 'gzip' })).toBe(60)
  expect(of({ 'content-length': '5000' })).toBe(1_000)
})
