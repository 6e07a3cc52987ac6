import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Entry, fold, version, versionAt } from './fold.ts'

const entry = (kind: Entry['kind'], at: number, row: Entry['row'], arrivedAt = at): Entry => ({
  kind,
  at,
  arrivedAt,
  row,
})
const whole = (at: number, row: Entry['row'], arrivedAt?: number) =>
  entry('whole', at, row, arrivedAt)
const merge = (at: number, row: Entry['row']) => entry('merge', at, row)

const history = [
  whole(1, { input: 'first', metadata: { a: 1 } }),
  merge(2, { metadata: { b: 2 } }),
  whole(3, { input: 'second' }),
  merge(4, { output: 'o', tags: ['x'] }),
  merge(5, { tags: ['y'], metadata: { c: null } }),
]

test('any order and any number of deliveries fold to the state of the history in order', () => {
  const state = { input: 'second', output: 'o', tags: ['x', 'y'], metadata: { c: null } }
  const deliveries = fc.array(fc.nat(history.length - 1), { maxLength: 8 }).chain((again) => {
    const all = [...history.keys(), ...again]
    return fc.shuffledSubarray(
      [...all.keys()].map((i) => [all[i], i] as const),
      {
        minLength: all.length,
      },
    )
  })
  fc.assert(
    fc.property(deliveries, (order) => {
      const folded = fold(order.map(([n]) => history[n ?? 0] as Entry))
      expect(folded).toEqual({ row: state, hasWhole: true, version: version(5, 5), firstAt: 1 })
    }),
  )
})

test('in one moment the whole row comes before its changes, and they before its deletion', () => {
  const [row, change] = [whole(1, { a: 1 }), merge(1, { b: 2 })]
  expect(fold([change, row]).row).toEqual({ a: 1, b: 2 })
  expect(fold([entry('delete', 1, {}), change, row]).row).toBeNull()
})

test('of whole rows of one moment the last that came stands, and one that comes again stays where it was', () => {
  const created = '2026-01-01T00:00:00Z'
  const at = Date.parse(created) * 1000
  const rows = Array.from({ length: 8 }, (_, n) => whole(at, { created, n }, at + n))
  const again = whole(at, { created, n: 3 }, at + 20)
  fc.assert(
    fc.property(fc.shuffledSubarray([...rows, again], { minLength: 9 }), (entries) => {
      expect(fold(entries).row).toEqual({ created, n: 7 })
    }),
  )
})

test('a whole row replaces all that was before it, and takes away what it does not say', () => {
  const entries = [whole(1, { a: 1, tags: ['x'] }), merge(2, { b: 2 }), whole(3, { c: 3 })]
  expect(fold(entries)).toMatchObject({ row: { c: 3 }, hasWhole: true })
})

test('a change without a target is inserted as it is, without what says how to write it', () => {
  const change = {
    tags: ['a', 'a'],
    created: '1',
    _is_merge: true,
    _merge_paths: [['tags']],
    _array_delete: [{ path: ['tags'], delete: ['a'] }],
  }
  const { row, hasWhole } = fold([merge(1, change)])
  expect([row, hasWhole]).toEqual([{ tags: ['a'], created: '1' }, false])
})

test('the writes of one wrong clock keep their order, however much each request was delayed', () => {
  const years = 3 * 365 * 86_400_000_000
  const began = Date.parse('2023-01-01T00:00:00Z') * 1000
  /** Written `after` µs, in a request that was on its way for `delay` µs. */
  const by = (entry: typeof whole, after: number, delay: number, row: Entry['row']) => {
    const created = new Date((began + after) / 1000).toISOString()
    return entry(began + after + years + delay, { ...row, created })
  }
  const [slow, quick] = [3_000_000, 20_000]
  const first = by(whole, 0, slow, { a: 1 })
  const change = by(merge, 1000, quick, { b: 2 })
  const later = by(whole, 2000, quick + 5, { c: 3 })
  expect(fold([first, change]).row).toMatchObject({ a: 1, b: 2 })
  expect(fold([later, change, first]).row).toMatchObject({ c: 3 })
  // Of two states the one that knows more has the higher version, whatever it has learnt of the clock.
  const [one, both] = [fold([first]), fold([change, first])]
  expect(BigInt(both.version) > BigInt(one.version)).toBe(true)
})

test('the writes of a clock that is a little fast keep its order, before its time and after', () => {
  const began = Date.parse('2026-01-01T00:00:03Z') * 1000
  /** Written `after` µs by a clock that is three seconds fast, arrived so many after the first was made. */
  const by = (kind: typeof whole, after: number, arrived: number, row: Entry['row']) => {
    const created = new Date((began + after) / 1000).toISOString()
    return kind(Math.min(began + after, began - 3_000_000 + arrived), { ...row, created })
  }
  const late = 10_000_000
  const change = by(merge, 1000, 50_000, { b: 2 })
  expect(fold([change, by(whole, 0, late, { a: 1 })]).row).toMatchObject({ a: 1, b: 2 })
  const rows = [2000, 0, 1000].map((after) =>
    by(whole, after, after === 2000 ? 9 : late, { after }),
  )
  expect(fold([...rows, change]).row).toMatchObject({ after: 2000 })
  // What says no time is not moved: it came before all of them, or after.
  const untimed = merge(began - 2_000_000, { c: 3 })
  expect(fold([untimed, by(whole, 0, late, { a: 1 }), change]).row).toMatchObject({ b: 2, c: 3 })
})

test('clocks that are wrong by more than a delay are two clocks', () => {
  const at = Date.parse('2026-01-01T00:00:00Z') * 1000
  const slow = whole(at + 60_000_000, { created: '2026-01-01T00:00:00Z', a: 1 })
  const right = whole(at + 1_000_000, { created: '2026-01-01T00:00:01Z', b: 2 })
  expect(fold([slow, right]).row).toMatchObject({ a: 1 })
})

test('a row that was deleted comes back with the next write', () => {
  const gone = entry('delete', 2, {})
  expect(fold([whole(1, { a: 1 }), gone]).row).toBeNull()
  expect(fold([whole(1, { a: 1 }), gone, whole(3, { b: 1 })]).row).toEqual({ b: 1 })
})

test('a change after a deletion is the row, without what was deleted', () => {
  const entries = [whole(1, { a: 1 }), entry('delete', 2, {}), merge(3, { b: 2 })]
  expect(fold(entries)).toMatchObject({ row: { b: 2 }, hasWhole: false })
})

test('of two folds with one newest write, the one that knew more has the higher version', () => {
  const [less, more] = [fold([merge(9, { a: 1 })]), fold([merge(3, { b: 1 }), merge(9, { a: 1 })])]
  expect(BigInt(more.version)).toBeGreaterThan(BigInt(less.version))
  expect(versionAt(more.version)).toBe(9)
})

test('a write that comes again, its clock corrected otherwise, still counts once and where it was', () => {
  const change = { created: '2038-01-01T00:00:00Z', tags: ['a', 'b'] }
  const once = merge(5, { ...change, _array_delete: [{ path: ['tags'], delete: ['a'] }] })
  const later = merge(6, { created: '2038-01-01T00:00:00.001Z', tags: ['c'], x: 1 })
  const state = fold([once, later])
  expect(state.row).toEqual({ created: change.created, tags: ['a', 'b', 'c'], x: 1 })
  const again = fold([{ ...once, at: 7 }, later, { ...once, at: 9 }, once])
  expect(again.row).toEqual(state.row)
  expect(BigInt(again.version)).toBeGreaterThan(BigInt(state.version))
})
