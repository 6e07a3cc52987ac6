import { expect, test } from 'vitest'
import { type Channel, joinLive, type LiveEffects, type LiveEvent } from './live.ts'

const change: LiveEvent = {
  type: 'change',
  change: { traces: ['t'], feedback: [], experiments: [], datasets: [], projects: false },
}

/** A browser whose tabs share a channel and a lock; the server is whoever calls `send`. */
function browser({ hasLocks = true } = {}) {
  const streams = new Set<(event: LiveEvent) => void>()
  const channels = new Set<{ on: Parameters<Channel['listen']>[0] }>()
  const queue: { lead: () => void; signal: AbortSignal }[] = []
  let isLocked = false
  const next = () => {
    const turn = queue.shift()
    isLocked = turn !== undefined
    if (turn?.signal.aborted) next()
    else turn?.lead()
  }
  const request = (_: string, { signal }: LockOptions, hold: () => Promise<void>) =>
    new Promise<void>((resolve) => {
      const lead = () => void hold().then(resolve).then(next)
      queue.push({ lead, signal: signal ?? new AbortController().signal })
      if (!isLocked) next()
    })
  const effects: LiveEffects = {
    stream: (_, tell) => {
      streams.add(tell)
      tell({ type: 'status', isConnected: true })
      tell({ type: 'anew' })
      return () => streams.delete(tell)
    },
    locks: hasLocks ? { request: request as LockManager['request'] } : null,
    channel: () => {
      const me: { on: Parameters<Channel['listen']>[0] } = { on: () => {} }
      channels.add(me)
      return {
        post: (message) => {
          for (const other of channels) if (other !== me) other.on(message)
        },
        listen: (on) => {
          me.on = on
        },
        close: () => channels.delete(me),
      }
    },
  }
  const tab = () => {
    const heard: LiveEvent[] = []
    const close = joinLive('/v1/live', (event) => heard.push(event), effects)
    return {
      close,
      /** What was heard since the last look. */
      heard: () => heard.splice(0).map(({ type }) => type),
    }
  }
  const send = (event: LiveEvent) => {
    for (const tell of streams) tell(event)
  }
  return { tab, send, connections: () => streams.size }
}

const settled = () => new Promise((done) => setTimeout(done))

test('many tabs share one connection, and each hears every change once', () => {
  const { tab, send, connections } = browser()
  const tabs = [tab(), tab(), tab()]
  for (const one of tabs) one.heard()
  send(change)
  expect(connections()).toBe(1)
  expect(tabs.map((one) => one.heard())).toEqual([['change'], ['change'], ['change']])
})

test('a tab that comes later learns that the stream is up; the others are left alone', () => {
  const { tab } = browser()
  const first = tab()
  const second = tab()
  first.heard()
  second.heard()
  const third = tab()
  expect(third.heard()).toEqual(['status', 'anew'])
  expect([first.heard(), second.heard()]).toEqual([[], []])
})

test('when the leading tab closes another one connects, and all that are left read anew', async () => {
  const { tab, send, connections } = browser()
  const [first, second, third] = [tab(), tab(), tab()]
  for (const one of [first, second, third]) one.heard()
  first.close()
  await settled()
  expect(connections()).toBe(1)
  expect([second.heard(), third.heard()]).toEqual([
    ['status', 'anew'],
    ['status', 'anew'],
  ])
  send(change)
  expect([first.heard(), second.heard(), third.heard()]).toEqual([[], ['change'], ['change']])
})

test('a tab that closes while it waits is passed over', async () => {
  const { tab, send, connections } = browser()
  const [first, second, third] = [tab(), tab(), tab()]
  second.close()
  first.close()
  await settled()
  third.heard()
  send(change)
  expect(connections()).toBe(1)
  expect(third.heard()).toEqual(['change'])
})

test('closing the last tab closes the connection', async () => {
  const { tab, connections } = browser()
  tab().close()
  await settled()
  expect(connections()).toBe(0)
})

test('where tabs cannot agree on a leader each has its own connection', () => {
  const { tab, send, connections } = browser({ hasLocks: false })
  const tabs = [tab(), tab()]
  for (const one of tabs) one.heard()
  send(change)
  expect(connections()).toBe(2)
  expect(tabs.map((one) => one.heard())).toEqual([['change'], ['change']])
})
