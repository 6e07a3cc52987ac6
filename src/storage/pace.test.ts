import { expect, test } from 'vitest'
import { Pace } from './pace.ts'

const pace = () => new Pace({ everyMs: 100, busyBytes: 1000 })

/** Requests that come every so many milliseconds, for two seconds; answers when commits started, and with how many. */
function steady(paced: Pace, everyMs: number, bytes: number) {
  const commits: { at: number; requests: number }[] = []
  let waiting = 0
  for (let now = 0; now < 2_000; now++) {
    if (now % everyMs === 0) waiting += 1
    if (waiting === 0 || paced.waitMs(now) > 0) continue
    paced.started(now, waiting, waiting * bytes)
    commits.push({ at: now, requests: waiting })
    waiting = 0
  }
  return commits
}

test('under a steady load commits start at most every so often, and share', () => {
  const commits = steady(pace(), 20, 100)
  const settled = commits.filter(({ at }) => at >= 1_000)
  expect(settled.length).toBeLessThanOrEqual(10)
  expect(settled.every(({ requests }) => requests >= 4)).toBe(true)
})

test('few bytes are never kept waiting', () => {
  expect(steady(pace(), 20, 5)).toHaveLength(100)
})

test('a client that waits for each answer is kept waiting once a second at most', () => {
  const paced = pace()
  let waits = 0
  for (let now = 0; now < 3_000; now += 15) {
    const wait = paced.waitMs(now)
    if (wait > 0) waits += 1
    now += wait
    paced.started(now, 1, 500)
  }
  expect(waits).toBeLessThanOrEqual(3)
})
