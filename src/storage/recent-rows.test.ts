import { expect, test } from 'vitest'
import { RecentRows } from './recent-rows.ts'

const row = (bytes: number) => ({ time: 0, entries: [], isPatched: false, bytes })

test('rows are known until there are too many bytes, those written longest ago go first', () => {
  const recent = new RecentRows(100)
  recent.put('a', row(40))
  recent.put('b', row(40))
  recent.put('a', row(50)) // written again
  recent.put('c', row(40))
  expect(['a', 'b', 'c'].filter((key) => recent.get(key))).toEqual(['a', 'c'])
  recent.put('large', row(101))
  expect(['a', 'b', 'c', 'large'].filter((key) => recent.get(key))).toEqual([])
  recent.put('a', row(100))
  recent.forget('a')
  recent.forget('a')
  recent.put('b', row(100))
  expect(recent.get('b')).toBeDefined()
})
