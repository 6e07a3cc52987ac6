import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Delivery } from './delivery.ts'
import type { HeedError } from './error.ts'
import { fakeLogger, fakeServer, type ReceivedBody, untyped } from './fake-server.ts'
import { resolveOptions } from './options.ts'
import type { Item } from './queue.ts'

const unavailable = { status: 503 }

test('nothing is sent before the interval is over, then all of it in one request', async () => {
  const server = fakeServer()
  const { logger } = fakeLogger(server, { flushIntervalMs: 20 })
  for (let n = 0; n < 10; n++) logger.log({ input: n })
  expect(server.requests).toHaveLength(0)
  await vi.waitFor(() => expect(logger.stats().acknowledged).toBe(10))
  expect(server.requests).toHaveLength(1)
})

test('a request names its project, its key, its version and its clock', async () => {
  const server = fakeServer()
  const { logger } = fakeLogger(server, { url: 'http://heed.test/' })
  logger.log({ input: 1 })
  await logger.flush()
  const [request] = server.requests
  expect(request?.url).toBe('http://heed.test/logs3')
  expect(request?.headers).toMatchObject({
    authorization: 'Bearer key',
    'content-type': 'application/json',
  })
  expect(request?.body).toMatchObject({ api_version: 2, project_name: 'test', feedback: [] })
  expect(Math.abs(Date.parse(request?.body.sent_at ?? '') - Date.now())).toBeLessThan(5000)
})

test('a large body is gzipped, a small one is not', async () => {
  const server = fakeServer()
  const { logger } = fakeLogger(server)
  logger.log({ input: 'small' })
  await logger.flush()
  logger.log({ input: 'large '.repeat(1000) })
  await logger.flush()
  expect(server.requests.map(({ headers }) => headers['content-encoding'])).toEqual([
    undefined,
    'gzip',
  ])
  expect(server.rows()[1]?.input).toBe('large '.repeat(1000))
})

test('a batch has at most 1000 rows and about 4 MB', async () => {
  const server = fakeServer()
  const { logger } = fakeLogger(server)
  for (let n = 0; n < 2500; n++) logger.log({ input: n })
  await logger.flush()
  expect(server.requests.map(({ body }) => body.rows.length)).toEqual([1000, 1000, 500])
  for (let n = 0; n < 3; n++) logger.log({ input: 'é'.repeat(1_000_000) })
  await logger.flush()
  expect(server.requests.slice(3).map(({ body }) => body.rows.length)).toEqual([2, 1])
})

test('requests never overlap', async () => {
  let open = 0
  let most = 0
  const slow = async () => {
    most = Math.max(most, ++open)
    await new Promise((resolve) => setTimeout(resolve, 10))
    open--
    return {}
  }
  const { logger } = fakeLogger(fakeServer(slow, slow, slow, slow), { flushIntervalMs: 1 })
  const flushes: Promise<void>[] = []
  for (let n = 0; n < 4; n++) {
    logger.log({ input: n })
    flushes.push(logger.flush())
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await Promise.all(flushes)
  expect(most).toBe(1)
})

test('a rejected item is named, counted and not sent again; its neighbours are stored', async () => {
  const rejected = [
    { list: 'rows', index: 1, id: 'x', field: 'metadata', message: 'must be an object' },
    { list: 'feedback', index: 0, id: 'y', field: '', message: 'needs scores' },
  ]
  const server = fakeServer({ body: { rejected } })
  const { logger, problems } = fakeLogger(server)
  logger.log({ input: 1 })
  const second = logger.log({ input: 2 })
  logger.logFeedback({ id: second, scores: { good: 1 } })
  await expect(logger.flush()).rejects.toMatchObject({
    code: 'not_flushed',
    failures: [{ code: 'rejected' }, { code: 'rejected' }],
    queued: 0,
  })
  expect(problems).toEqual([
    `rejected: Refused rows ${second}: metadata must be an object.`,
    `rejected: Refused feedback ${second}: needs scores.`,
  ])
  expect(logger.stats()).toMatchObject({ acknowledged: 1, rejected: 2, dropped: 0, queued: 0 })
  expect(server.requests).toHaveLength(1)
})

test('a receipt that makes no sense cannot break the next flush', async () => {
  const server = fakeServer({ body: { rejected: [{ list: 'rows', index: 99 }, null] } })
  const { logger } = fakeLogger(server)
  logger.log({ input: 1 })
  await logger.flush().catch(() => {})
  logger.log({ input: 2 })
  await logger.flush()
  expect(logger.stats().queued).toBe(0)
})

describe('retries', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    vi.spyOn(Math, 'random').mockReturnValue(1)
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  /** As long as a request takes to be compressed, on threads that know nothing of the time set here. */
  const compressed = () =>
    new Response(
      new Blob(['x'.repeat(2_000)]).stream().pipeThrough(new CompressionStream('gzip')),
    ).arrayBuffer()

  /** Lets time pass in small steps, with room for what runs in between. */
  async function pass(ms: number) {
    for (let at = 0; at < ms; at += 50) {
      await vi.advanceTimersByTimeAsync(50)
      await compressed()
    }
  }

  test('identical rows are sent again with growing pauses, until they are stored', async () => {
    const server = fakeServer(unavailable, new Error('socket hang up'), unavailable)
    const { logger, problems } = fakeLogger(server, { flushIntervalMs: 50 })
    logger.log({ input: 1 })
    await pass(100)
    expect(server.requests).toHaveLength(1)
    await pass(200)
    expect(server.requests).toHaveLength(2)
    await pass(300)
    expect(server.requests).toHaveLength(2)
    await pass(150)
    expect(server.requests).toHaveLength(3)
    await pass(900)
    expect(server.requests).toHaveLength(4)
    const [first, ...others] = server.rows()
    for (const row of others) expect(row).toEqual(first)
    expect(logger.stats()).toEqual({
      queued: 0,
      sent: 1,
      acknowledged: 1,
      rejected: 0,
      dropped: 0,
      retried: 3,
    })
    expect(problems).toHaveLength(1)
  })

  test('Retry-After is obeyed, even if a flush is waiting', async () => {
    const server = fakeServer({ status: 429, headers: { 'retry-after': '5' } })
    const { logger } = fakeLogger(server)
    logger.log({ input: 1 })
    const flushed = logger.flush({ timeoutMs: 60_000 })
    await pass(1000)
    void logger.flush()
    await pass(3500)
    expect(server.requests).toHaveLength(1)
    await pass(1000)
    expect(server.requests).toHaveLength(2)
    await flushed
  })

  test('a server that asks for no pause gets the usual one', async () => {
    const now = { status: 503, headers: { 'retry-after': '0' } }
    const server = fakeServer(...Array(50).fill(now))
    const { logger } = fakeLogger(server)
    logger.log({ input: 1 })
    await pass(1600)
    expect(server.requests).toHaveLength(4)
  })

  test('a flush cuts the pause of a retry short', async () => {
    const server = fakeServer(unavailable, unavailable, unavailable, unavailable)
    const { logger } = fakeLogger(server)
    logger.log({ input: 1 })
    await pass(1600)
    expect(server.requests).toHaveLength(4)
    await pass(100)
    const flushed = logger.flush()
    await pass(50)
    expect(server.requests).toHaveLength(5)
    await flushed
  })

  test('an outage is survived in bounded memory, with an exact count of what was lost', async () => {
    let isUp = false
    const answer = () => (isUp ? {} : unavailable)
    const server = fakeServer(...Array.from({ length: 200 }, () => answer))
    const { logger, problems } = fakeLogger(server, { maxQueueRows: 100 })
    for (let n = 0; n < 2; n++) logger.log({ input: n })
    await pass(1000)
    for (let n = 2; n < 250; n++) logger.log({ input: n })
    expect(logger.stats()).toMatchObject({ queued: 100, dropped: 150 })
    isUp = true
    await pass(60_000)
    expect(logger.stats()).toMatchObject({ queued: 0, acknowledged: 100, dropped: 150 })
    const last = server.requests.at(-1)
    expect(last?.body.rows.map((row) => row.input)).toEqual(
      Array.from({ length: 100 }, (_, n) => n + 150),
    )
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(['unreachable', 'queue_full'])
  })

  test.each<[string, Error | { status: number }]>([
    ['no answer', new Error('timed out')],
    ['a 408', { status: 408 }],
    ['a 502', { status: 502 }],
    ['a 504', { status: 504 }],
  ])('a batch that gets %s three times is sent by halves, until one passes', async (_, failure) => {
    // What a slow line cannot carry in time.
    const answer = ({ rows }: ReceivedBody) => {
      if (rows.length <= 20) return {}
      if (failure instanceof Error) throw failure
      return failure
    }
    const server = fakeServer(...Array(50).fill(answer))
    const { logger } = fakeLogger(server)
    for (let n = 0; n < 80; n++) logger.log({ input: n })
    await pass(30_000)
    expect(logger.stats()).toMatchObject({ queued: 0, acknowledged: 80, dropped: 0 })
    const sizes = server.requests.map(({ body }) => body.rows.length)
    expect(sizes.slice(0, 6)).toEqual([80, 80, 80, 40, 20, 40])
    const sent = server.requests.filter(({ body }) => body.rows.length <= 20)
    const inputs = sent.flatMap(({ body }) => body.rows.map((row) => row.input))
    expect(inputs).toEqual(Array.from({ length: 80 }, (_, n) => n))
  })

  test('a server that is busy gets whole batches', async () => {
    const server = fakeServer(...Array(5).fill(unavailable))
    const { logger } = fakeLogger(server)
    for (let n = 0; n < 80; n++) logger.log({ input: n })
    await pass(10_000)
    expect(server.requests.map(({ body }) => body.rows.length)).toEqual(Array(6).fill(80))
  })

  test('a flush that misses its deadline rejects, and what waits is sent later', async () => {
    const server = fakeServer(...Array.from({ length: 5 }, () => unavailable))
    const { logger } = fakeLogger(server)
    logger.log({ input: 1 })
    const flushed = logger.flush({ timeoutMs: 1000 })
    const failed = expect(flushed).rejects.toMatchObject({
      name: 'HeedError',
      code: 'not_flushed',
      message: expect.stringContaining('HTTP 503'),
      queued: 1,
    })
    await pass(1100)
    await failed
    await pass(60_000)
    expect(logger.stats()).toMatchObject({ queued: 0, acknowledged: 1 })
  })
})

test('a time that no timer can hold is a very long one', async () => {
  const slow = async () => {
    await new Promise((resolve) => setTimeout(resolve, 30))
    return {}
  }
  const server = fakeServer(slow, slow)
  const { logger } = fakeLogger(server, { flushIntervalMs: Number.POSITIVE_INFINITY })
  for (const timeoutMs of [Number.POSITIVE_INFINITY, 2 ** 31]) {
    logger.log({ input: 1 })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(logger.stats().queued).toBe(1)
    await logger.flush({ timeoutMs })
  }
  expect(logger.stats()).toMatchObject({ acknowledged: 2, retried: 0 })
})

test('a 401 drops, counts, and says what to set', async () => {
  const { logger, problems } = fakeLogger(fakeServer({ status: 401 }))
  logger.log({ input: 1 })
  await expect(logger.flush()).rejects.toThrow('set HEED_API_KEY')
  expect(logger.stats()).toMatchObject({ dropped: 1, queued: 0 })
  expect(problems[0]).toContain('The API key is missing or unknown: set HEED_API_KEY')
})

test('a request that is too large is halved until the one bad row is found', async () => {
  const answer = ({ rows }: ReceivedBody) =>
    rows.some((row) => row.input === 'bad') ? { status: 413 } : {}
  const server = fakeServer(...Array.from({ length: 100 }, () => answer))
  const { logger } = fakeLogger(server)
  for (let n = 0; n < 64; n++) logger.log({ input: n === 40 ? 'bad' : n })
  await expect(logger.flush()).rejects.toMatchObject({ failures: [{ code: 'refused' }] })
  expect(logger.stats()).toMatchObject({ acknowledged: 63, dropped: 1, queued: 0 })
})

test('the counters add up wherever a problem is told', async () => {
  const rejected = [{ list: 'rows', index: 0, field: 'x', message: 'bad' }]
  const sums: number[] = []
  const { logger } = fakeLogger(fakeServer({ status: 401 }, { body: { rejected } }), {
    onError: () => {
      const { queued, acknowledged, rejected, dropped } = logger.stats()
      sums.push(queued + acknowledged + rejected + dropped)
    },
  })
  for (const round of [1, 2]) {
    logger.log({ input: round })
    await logger.flush().catch(() => {})
  }
  expect(sums).toEqual([1, 2])
})

test('the counters always add up', async () => {
  const rejected = [{ list: 'rows', index: 0, field: 'x', message: 'bad' }]
  const server = fakeServer({ status: 401 }, unavailable, { body: { rejected } })
  const { logger } = fakeLogger(server, { maxQueueRows: 7 })
  let logged = 0
  for (let round = 0; round < 5; round++) {
    for (let n = 0; n < 10; n++) {
      logger.log({ input: n })
      logged++
    }
    const { queued, acknowledged, rejected, dropped } = logger.stats()
    expect(queued + acknowledged + rejected + dropped).toBe(logged)
    await logger.flush().catch(() => {})
  }
  const { queued, acknowledged, rejected: refused, dropped } = logger.stats()
  expect([queued, acknowledged + refused + dropped]).toEqual([0, logged])
})

test('every flush after a loss rejects, also while the queue stays full, and once for each loss', async () => {
  const server = fakeServer(...Array(3).fill(unavailable))
  const { logger, problems } = fakeLogger(server, { maxQueueRows: 1 })
  const flush = (timeoutMs: number) =>
    logger.flush({ timeoutMs }).then(
      () => undefined,
      (e) => e,
    )
  const dropOne = () => logger.log({ input: 1 })
  dropOne()
  dropOne()
  expect(await flush(1)).toMatchObject({ queued: 1, failures: [{ code: 'queue_full' }] })
  dropOne()
  dropOne()
  expect(await flush(1)).toMatchObject({
    failures: [{ code: 'queue_full', message: expect.stringMatching(/: 2 dropped/) }],
  })
  dropOne()
  logger.logFeedback({ id: '', comment: 'x' })
  expect(await Promise.all([flush(5000), flush(5000)])).toMatchObject([
    { queued: 0, failures: [{ code: 'invalid_item' }, { code: 'queue_full' }] },
    {
      queued: 0,
      failures: [{ code: 'queue_full', message: expect.stringMatching(/: 1 dropped/) }],
    },
  ])
  expect(await flush(5000)).toBeUndefined()
  expect(problems.filter((problem) => problem.startsWith('queue_full'))).toHaveLength(1)
})

test('an item that has no text is rejected by name, and asks for no request', async () => {
  const server = fakeServer()
  const told: HeedError[] = []
  const delivery = new Delivery({
    ...resolveOptions({ projectName: 'test', fetch: server.fetch }),
    report: (error) => told.push(error),
  })
  const take = () => {
    throw new RangeError('Invalid string length')
  }
  const item: Item = { list: 'rows', id: 'long', seq: 0, size: 1, take, discard: () => {} }
  delivery.put(item, 0)
  expect(await delivery.settle(1000)).toBe(true)
  expect(server.requests).toHaveLength(0)
  expect(told).toMatchObject([
    { code: 'invalid_item', message: 'rows long was not sent: Invalid string length.' },
  ])
  expect(delivery.stats).toMatchObject({ rejected: 1, dropped: 0, queued: 0, sent: 0 })
})

test('a flush of nothing resolves at once', async () => {
  const server = fakeServer()
  await fakeLogger(server).logger.flush()
  expect(server.requests).toHaveLength(0)
})

test('an onError that throws and a waitUntil that throws do not reach the caller', async () => {
  const thrower = () => {
    throw new Error('mine')
  }
  const { logger } = fakeLogger(fakeServer({ status: 401 }), {
    onError: thrower,
    waitUntil: thrower,
  })
  logger.log({ input: 1 })
  await expect(logger.flush()).rejects.toMatchObject({ code: 'not_flushed' })
})

test('waitUntil gets a promise that is over when the rows are stored', async () => {
  const waiting: Promise<unknown>[] = []
  const { logger } = fakeLogger(fakeServer(), {
    flushIntervalMs: 5,
    waitUntil: (promise) => waiting.push(promise),
  })
  logger.log({ input: 1 })
  expect(waiting).toHaveLength(1)
  await Promise.all(waiting)
  expect(logger.stats().acknowledged).toBe(1)
})

test('an onError and a waitUntil that reject end no process', async () => {
  const rejections: unknown[] = []
  const listener = (reason: unknown) => rejections.push(reason)
  process.on('unhandledRejection', listener)
  const rejecter = async () => {
    throw new Error('mine')
  }
  const { logger } = fakeLogger(fakeServer(), { onError: rejecter, waitUntil: rejecter })
  logger.log({ input: 1, tags: untyped('bad') })
  await logger.flush().catch(() => {})
  await new Promise((resolve) => setTimeout(resolve, 10))
  process.off('unhandledRejection', listener)
  expect(rejections).toEqual([])
})
