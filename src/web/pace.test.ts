import { expect, test } from 'vitest'
import { type Clock, pace } from './pace.ts'

/** Time that passes only when told to, and work that takes as long as it is told to. */
function world(takesMs = 0) {
  let now = 0
  let timers: { at: number; run: () => void }[] = []
  const runs: number[] = []
  const clock: Clock = {
    now: () => now,
    later: (run, ms) => {
      const timer = { at: now + ms, run }
      timers.push(timer)
      return () => {
        timers = timers.filter((one) => one !== timer)
      }
    },
  }
  const work = () => {
    runs.push(now)
    return takesMs > 0 ? new Promise<void>((done) => clock.later(done, takesMs)) : Promise.resolve()
  }
  const pass = async (ms: number) => {
    for (const end = now + ms; now < end; now++) {
      const due = timers.filter((timer) => timer.at <= now)
      timers = timers.filter((timer) => timer.at > now)
      for (const timer of due) timer.run()
      for (let i = 0; i < 5; i++) await Promise.resolve()
    }
  }
  return { clock, work, pass, runs }
}

test('a lone reason is served at once', async () => {
  const { clock, work, pass, runs } = world()
  await pass(50)
  pace(work, clock).ask(700)
  await pass(2000)
  expect(runs).toEqual([50])
})

test('a flood is served once per gap, and always once after the last reason', async () => {
  const { clock, work, pass, runs } = world()
  const paced = pace(work, clock)
  for (let i = 0; i < 20; i++) {
    paced.ask(700)
    await pass(100)
  }
  await pass(5000)
  expect(runs).toEqual([0, 700, 1400, 2100])
})

test('a reason in more of a hurry shortens the gap', async () => {
  const { clock, work, pass, runs } = world()
  const paced = pace(work, clock)
  paced.ask(700)
  await pass(10)
  paced.ask(700)
  await pass(10)
  paced.ask(200)
  await pass(1000)
  expect(runs).toEqual([0, 200])
})

test('what may wait begins later, unless something in a hurry comes', async () => {
  const { clock, work, pass, runs } = world()
  const paced = pace(work, clock)
  paced.ask(0, 250)
  await pass(1000)
  paced.ask(0, 250)
  await pass(100)
  paced.ask(0)
  await pass(1000)
  expect(runs).toEqual([250, 1100])
})

test('work never runs twice at a time, and rests as long as it took', async () => {
  const { clock, work, pass, runs } = world(500)
  const paced = pace(work, clock)
  for (let i = 0; i < 15; i++) {
    paced.ask(200)
    await pass(100)
  }
  await pass(5000)
  expect(runs.length).toBeGreaterThan(1)
  for (const [i, at] of runs.slice(1).entries())
    expect(at - (runs[i] ?? 0)).toBeGreaterThanOrEqual(1000)
})

test('a reason that comes while the work runs is not lost', async () => {
  const { clock, work, pass, runs } = world(50)
  const paced = pace(work, clock)
  paced.ask(0)
  await pass(10)
  paced.ask(0)
  await pass(1000)
  expect(runs).toHaveLength(2)
})

test('work that fails is tried again with the next reason', async () => {
  const { clock, pass } = world()
  let tries = 0
  const paced = pace(() => {
    tries++
    return Promise.reject(new Error('no'))
  }, clock)
  paced.ask(0)
  await pass(10)
  paced.ask(0)
  await pass(10)
  expect(tries).toBe(2)
})

test('nothing runs after it was stopped', async () => {
  const { clock, work, pass, runs } = world()
  const paced = pace(work, clock)
  paced.ask(500)
  paced.ask(500)
  paced.stop()
  await pass(2000)
  expect(runs).toEqual([0])
})
