import { describe, expect, test } from 'vitest'
import { copy } from './copy.ts'
import { Draft } from './draft.ts'
import { fakeLogger, fakeServer, untyped } from './fake-server.ts'

function setup(options = {}) {
  const server = fakeServer()
  return { server, ...fakeLogger(server, options) }
}

test('a span that is over travels as one whole row', async () => {
  const { server, logger } = setup()
  const before = Date.now() / 1000
  const id = logger.traced(
    (span) => {
      span.log({ input: { q: 'hi' }, tags: ['a'], metadata: { user: { id: 1 } } })
      span.log({ output: 'hello', tags: ['b', 'a'], metadata: { user: { name: 'Ann' } } })
      span.log({ scores: { good: 0.5 }, metrics: { tokens: 7 }, comment: 'fine' })
      return span.id
    },
    { name: 'chat', type: 'llm' },
  )
  await logger.flush()
  const [row, ...others] = server.rows()
  expect(others).toEqual([])
  expect(row).toMatchObject({
    id,
    input: { q: 'hi' },
    output: 'hello',
    tags: ['a', 'b'],
    metadata: { user: { id: 1, name: 'Ann' } },
    scores: { good: 0.5 },
    comment: 'fine',
    span_attributes: { name: 'chat', type: 'llm', exec_counter: expect.any(Number) },
    metrics: { tokens: 7 },
  })
  expect(row).not.toHaveProperty('_is_merge')
  expect(row).not.toHaveProperty('span_parents')
  expect(row?.id).toBe(`${row?.root_span_id}-${row?.span_id}`)
  expect(row?.created).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
  expect(row?.metrics.start).toBeGreaterThanOrEqual(before - 0.1)
  expect(row?.metrics.end).toBeGreaterThan(row?.metrics.start ?? 0)
})

test('an open span is sent with what is known; each later change travels as one merge row', async () => {
  const { server, logger } = setup()
  const span = logger.startSpan({ name: 'slow', event: { input: 'q' } })
  await logger.flush()
  span.log({ metadata: { a: 1 } })
  span.log({ metadata: { b: 2 }, output: 'partial' })
  await logger.flush()
  span.log({ output: 'whole' })
  span.end()
  await logger.flush()

  const [whole, second, third, ...others] = server.rows()
  expect(others).toEqual([])
  const ids = { id: span.id, span_id: span.spanId, root_span_id: span.rootSpanId }
  expect(whole).toMatchObject({ ...ids, input: 'q', metrics: { start: expect.any(Number) } })
  expect(second).toEqual({
    ...ids,
    created: expect.any(String),
    _is_merge: true,
    metadata: { a: 1, b: 2 },
    output: 'partial',
  })
  expect(third).toMatchObject({ _is_merge: true, output: 'whole' })
  expect(third?.metrics).toEqual({ end: expect.any(Number) })
  const times = [whole?.created, second?.created, third?.created]
  expect(times).toEqual([...new Set(times)].sort())
})

test('a change is written later than its span, even if the span starts in the future', async () => {
  const { server, logger } = setup()
  const span = logger.startSpan({ startTime: Date.now() / 1000 + 3600 })
  await logger.flush()
  span.log({ output: 1 })
  await logger.flush()
  const [whole, change] = server.rows()
  expect([whole?.created, change?.created].sort()).toEqual([whole?.created, change?.created])
})

test('a value is sent as it was when it was logged', async () => {
  const { server, logger } = setup()
  const messages = ['one']
  logger.traced((span) => span.log({ input: messages }))
  messages.push('two')
  await logger.flush()
  expect(server.rows()[0]?.input).toEqual(['one'])
})

test('null overwrites and undefined says nothing', async () => {
  const { server, logger } = setup()
  logger.traced((span) => {
    span.log({ input: 'a', output: 'b', scores: { x: 1, y: 1 } })
    span.log({ input: null, output: undefined, scores: { x: null, y: undefined } })
  })
  await logger.flush()
  expect(server.rows()[0]).toMatchObject({ input: null, output: 'b', scores: { x: null, y: 1 } })
})

test('an end that is given with the first fields is the end', async () => {
  const { server, logger } = setup()
  logger.log({ input: 1, metrics: { start: 10, end: 12.5 } })
  const span = logger.startSpan({ event: { metrics: { end: 20 } } })
  expect([span.end(), span.end({ endTime: 30 })]).toEqual([20, 20])
  await logger.flush()
  const [alone, other] = server.rows()
  expect(alone?.metrics).toEqual({ start: 10, end: 12.5 })
  expect(other?.metrics.end).toBe(20)
})

test('end counts once and returns the same time', async () => {
  const { server, logger } = setup()
  const span = logger.startSpan({ startTime: 100 })
  expect(span.end({ endTime: 200.5 })).toBe(200.5)
  expect(span.end({ endTime: 300 })).toBe(200.5)
  await logger.flush()
  expect(server.rows()[0]).toMatchObject({
    created: '1970-01-01T00:01:40.000000Z',
    metrics: { start: 100, end: 200.5 },
  })
})

test('attributes can be given and changed', async () => {
  const { server, logger } = setup()
  const span = logger.startSpan({ name: 'a', type: 'tool', spanAttributes: { purpose: 'x' } })
  span.setAttributes({ name: 'b' })
  await logger.flush()
  expect(server.rows()[0]?.span_attributes).toMatchObject({ name: 'b', type: 'tool', purpose: 'x' })
  expect(logger.stats().acknowledged).toBe(1)
})

describe('what cannot be stored is left out by name, and its neighbours stay', () => {
  test.each([
    [{ scores: { bad: 7, good: 1 } }, { scores: { good: 1 } }, 'scores.bad is 7; it must be in'],
    [{ scores: { bad: Number.NaN } }, {}, 'scores.bad is NaN'],
    [{ scores: { bad: '1' } }, {}, 'scores.bad is "1"'],
    [{ scores: [1] }, {}, 'scores must be an object'],
    [{ metadata: 'text' }, {}, 'metadata must be an object'],
    [{ tags: 'a' }, {}, 'tags must be a list'],
    [{ tags: ['a', 1, ''] }, { tags: ['a'] }, 'tags must be strings'],
    [{ comment: 5 }, {}, 'comment must be a string'],
    [{ span_id: 'mine' }, {}, 'span_id is set by Heed'],
    [{ _is_merge: true }, {}, '_is_merge is set by Heed'],
  ])('%j', async (fields, kept, sentence) => {
    const { server, logger, problems } = setup()
    logger.traced((span) => span.log({ input: 'neighbour', ...(fields as object) }))
    await expect(logger.flush()).rejects.toMatchObject({ failures: [{ code: 'invalid_field' }] })
    const [row] = server.rows()
    expect(row).toMatchObject({ input: 'neighbour', ...kept })
    for (const field of Object.keys(fields)) {
      if (!(field in kept) && field !== 'span_id') expect(row).not.toHaveProperty(field)
    }
    expect(problems.join()).toContain(sentence)
    expect(logger.stats().acknowledged).toBe(1)
  })

  test('no argument of any kind throws', async () => {
    const { logger } = setup()
    const span = logger.startSpan()
    for (const odd of [null, undefined, 1, 'text', () => {}, []].map(untyped<never>)) {
      span.log(odd)
      logger.logFeedback(odd)
      logger.updateSpan(untyped({ id: odd }))
      span.logFeedback(odd)
      logger.startSpan(untyped({ parent: odd, event: odd, name: odd }))
    }
    await logger.flush().catch(() => {})
    expect(logger.stats().queued).toBe(0)
  })
})

describe('what cannot be read or written does not throw', () => {
  const thrower = () => {
    throw new Error('boom')
  }
  /** Throws wherever it is read. */
  const unreadable = () => Object.defineProperty({}, 'x', { enumerable: true, get: thrower })
  const withGetter = (field: string, rest = {}) =>
    untyped<never>(Object.defineProperty(rest, field, { enumerable: true, get: thrower }))
  const revoked = () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return untyped<never>(proxy)
  }

  test('a field whose getter throws says so, and its neighbours stay', async () => {
    const { server, logger } = setup()
    const id = logger.log(withGetter('output', { input: 'a' }))
    logger.updateSpan(withGetter('output', { id, input: 'b' }))
    logger.logFeedback(withGetter('expected', { id, comment: 'c' }))
    await logger.flush()
    const output = '[Unserialisable: boom]'
    expect(server.rows()).toMatchObject([
      { input: 'a', output },
      { input: 'b', output },
    ])
    expect(server.feedback()).toMatchObject([{ comment: 'c', expected: output }])
  })

  test('an error that cannot be read is thrown on as it is, and ends its span', async () => {
    class Odd extends Error {
      override get message(): string {
        throw unreadable()
      }
      override get stack(): string {
        throw unreadable()
      }
    }
    const { server, logger } = setup()
    const odd = new Odd()
    const run = () =>
      logger.traced(() => {
        throw odd
      })
    expect(run).toThrow(odd)
    logger.log({ error: odd, input: odd })
    logger.log({ input: { toJSON: () => run() } })
    await logger.flush()
    const [row] = server.rows()
    expect(row?.error).toBe('an error that cannot be read')
    expect(row?.metrics.end).toBeGreaterThan(0)
    expect(server.rows()).toHaveLength(4)
  })

  test('everything that has a getter or is revoked is told', async () => {
    const { server, logger, problems } = setup()
    const span = logger.startSpan()
    const name = 'kept'
    for (const odd of [
      withGetter('id'),
      withGetter('user', { id: 'a', comment: 'b' }),
      revoked(),
    ]) {
      span.log(odd)
      logger.log(odd)
      logger.updateSpan(odd)
      logger.logFeedback(odd)
      span.logFeedback(odd)
    }
    for (const odd of [withGetter('name'), withGetter('parent', { name }), revoked()]) {
      logger.startSpan(odd)
      span.startSpan(odd)
      expect(logger.traced(() => 1, odd)).toBe(1)
      expect(span.traced(() => 1, odd)).toBe(1)
      span.end(withGetter('endTime'))
    }
    logger.startSpan({ name, event: withGetter('id', { input: 1 }) })
    logger.startSpan({ name, event: revoked() })
    logger.startSpan({ name, parent: withGetter('traceparent') })
    span.setAttributes(withGetter('x'))
    await logger.flush().catch(() => {})
    expect(problems.length).toBeGreaterThan(10)
    expect(server.rows().filter((row) => row.span_attributes?.name === name)).toHaveLength(2)
    expect(logger.stats().queued).toBe(0)
  })

  test('headers that cannot be changed are told and given back', () => {
    const { logger, problems } = setup()
    const span = logger.startSpan()
    const fixed = [
      Object.freeze({ a: 'b' }),
      { set: thrower },
      Response.error().headers,
      untyped<Headers>(null),
      untyped<Headers>(undefined),
    ]
    for (const carrier of fixed) expect(span.inject(carrier)).toBe(carrier)
    expect(problems).toHaveLength(fixed.length)
    expect(problems[0]).toContain('invalid_field: traceparent could not be written')
  })

  test('null in place of arguments says nothing', async () => {
    const { logger, server } = setup()
    const none = untyped<undefined>(null)
    const span = logger.startSpan(none)
    expect(span.traced((inner) => inner.rootSpanId, none)).toBe(span.rootSpanId)
    span.startSpan(none).end(none)
    expect(span.end(none)).toBeGreaterThan(0)
    expect(logger.traced(() => 1, none)).toBe(1)
    logger.updateSpan(untyped(null))
    logger.log(untyped(null))
    await logger.flush(none).catch(() => {})
    expect(server.rows()).toHaveLength(5)
  })
})

describe('parents', () => {
  test('the id of a span is enough to hang a child under it, from anywhere', async () => {
    const { server, logger } = setup()
    const elsewhere = setup()
    const requestId = elsewhere.logger.log({ input: 1 })
    logger.traced((span) => span.log({ scores: { helpful: 1 }, comment: 'good' }), {
      name: 'user_feedback',
      parent: requestId,
    })
    await logger.flush()
    const [traceId, spanId] = requestId.split('-')
    expect(server.rows()[0]).toMatchObject({
      root_span_id: traceId,
      span_parents: [spanId],
      span_attributes: { name: 'user_feedback' },
      scores: { helpful: 1 },
      comment: 'good',
    })
  })

  test('a W3C header is a parent, in and out', async () => {
    const { server, logger } = setup()
    const span = logger.startSpan()
    const headers = span.inject(new Headers())
    const plain = span.inject<Record<string, string>>({ a: 'b' })
    expect(plain).toEqual({ a: 'b', traceparent: headers.get('traceparent') })
    logger.startSpan({ parent: { traceparent: headers.get('traceparent') } })
    await logger.flush()
    expect(server.rows()[1]).toMatchObject({
      root_span_id: span.rootSpanId,
      span_parents: [span.spanId],
    })
  })

  test('an id of another making never throws: it is told and sent along', async () => {
    const { server, logger, problems } = setup()
    logger.startSpan({ parent: 'ba59a3c21602482b' })
    logger.startSpan({ parent: { traceparent: 'nonsense' } })
    await logger.flush().catch(() => {})
    expect(server.rows()[0]).toMatchObject({ _parent_id: 'ba59a3c21602482b' })
    expect(server.rows()[0]).not.toHaveProperty('span_parents')
    expect(problems).toHaveLength(2)
  })

  test('a parent that is absent or empty is no problem', async () => {
    const { logger, problems } = setup()
    logger.startSpan({ parent: '' })
    logger.startSpan({ parent: { traceparent: null } })
    logger.startSpan({ parent: null })
    expect(problems).toEqual([])
  })

  test('export gives the id', async () => {
    const span = setup().logger.startSpan()
    expect(await span.export()).toBe(span.id)
  })
})

test('a row id of the caller is kept, and children still link', async () => {
  const { server, logger } = setup()
  const span = logger.startSpan({ event: { id: 'mine', input: 1 } })
  span.startSpan({ name: 'child' })
  await logger.flush()
  expect(span.id).toBe('mine')
  const [row, child] = server.rows()
  expect(row).toMatchObject({ id: 'mine', input: 1 })
  expect(child).toMatchObject({ root_span_id: row?.root_span_id, span_parents: [row?.span_id] })
})

test('updateSpan changes a span by its id alone', async () => {
  const { server, logger } = setup()
  const id = logger.log({ input: 1 })
  const [root_span_id, span_id] = id.split('-')
  logger.updateSpan({ id, output: 'late', tags: ['x'] })
  logger.updateSpan({ id: 'foreign', output: 'late' })
  await logger.flush()
  const created = expect.any(String)
  expect(server.rows().slice(1)).toEqual([
    { id, span_id, root_span_id, created, _is_merge: true, output: 'late', tags: ['x'] },
    { id: 'foreign', created, _is_merge: true, output: 'late' },
  ])
})

describe('masking', () => {
  const masking = (value: unknown) => JSON.parse(JSON.stringify(value).replaceAll('secret', '***'))

  test('nothing that is masked leaves the process', async () => {
    const { server, logger } = setup({ masking })
    logger.traced((span) => {
      span.log({ input: 'secret', output: ['secret'], expected: 'secret', comment: 'secret' })
      span.log({ metadata: { a: 'secret' }, tags: ['secret-tag'] })
      span.logFeedback({ expected: 'secret', comment: 'secret', metadata: { a: 'secret' } })
      try {
        span.traced(() => {
          throw new Error('secret')
        })
      } catch {}
    })
    await logger.flush()
    const sent = JSON.stringify(server.requests.map(({ body }) => body))
    expect(sent.replaceAll('secret-tag', '')).not.toContain('secret')
    expect(sent).toContain('***')
  })

  test('if masking throws, a fixed text is sent and never the value', async () => {
    const { server, logger, problems } = setup({
      masking: () => {
        throw new Error('secret')
      },
    })
    logger.log({ input: 'secret', metadata: { a: 'secret' }, scores: { good: 1 } })
    await logger.flush().catch(() => {})
    expect(server.rows()[0]).toMatchObject({
      input: '[Masking failed]',
      metadata: { masking: '[Masking failed]' },
      scores: { good: 1 },
    })
    expect(problems.join()).not.toContain('secret')
  })

  test('if masking gives a promise, a fixed text is sent, and its rejection ends no process', async () => {
    const rejections: unknown[] = []
    const listener = (reason: unknown) => rejections.push(reason)
    process.on('unhandledRejection', listener)
    const { server, logger, problems } = setup({
      masking: async () => {
        throw new Error('secret')
      },
    })
    logger.log({ input: 'secret' })
    await logger.flush().catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 10))
    process.off('unhandledRejection', listener)
    expect(rejections).toEqual([])
    expect(server.rows()[0]?.input).toBe('[Masking failed]')
    expect(problems).toEqual([expect.stringContaining('masking_failed')])
  })

  test('masking works on a copy', async () => {
    const { logger } = setup({ masking: (value: { a: number }) => Object.assign(value, { a: 0 }) })
    const input = { a: 1 }
    logger.log({ input })
    expect(input).toEqual({ a: 1 })
  })
})

test('what was replaced takes no room in the queue', async () => {
  const { server, logger } = setup({ maxQueueBytes: 20_000 })
  logger.log({ input: 'older' })
  const span = logger.startSpan({ name: 'streamed' })
  let text = ''
  for (let n = 0; n < 500; n++) {
    text += 'token '
    span.log({ output: text, metadata: { n } })
  }
  span.log({ output: null })
  span.log({ output: 'x'.repeat(3000) })
  await logger.flush()
  expect(server.rows()).toHaveLength(2)
  expect(logger.stats()).toMatchObject({ dropped: 0, acknowledged: 2 })
})

test('what a replaced value held that has no text takes no room either', async () => {
  const { logger } = setup({ maxQueueBytes: 20_000 })
  logger.log({ input: 'older' })
  const span = logger.startSpan()
  const sparse = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`, undefined]))
  for (let n = 0; n < 200; n++) span.log({ output: [sparse, new Date(n), n] })
  await logger.flush()
  expect(logger.stats()).toMatchObject({ dropped: 0, acknowledged: 2 })
})

test('room that a smaller value frees is used, and a later one is counted again', async () => {
  const { logger } = setup({ maxQueueBytes: 20_000 })
  logger.log({ input: 'older' })
  const span = logger.startSpan()
  for (let n = 0; n < 10; n++) {
    span.log({ output: 'x'.repeat(15_000), tags: ['a'] })
    span.log({ output: null })
  }
  expect(logger.stats()).toMatchObject({ queued: 2, dropped: 0 })
  span.log({ output: 'x'.repeat(19_500) })
  expect(logger.stats()).toMatchObject({ queued: 1, dropped: 1 })
  await logger.flush().catch(() => {})
})

test('what is logged to a dropped row is sent, also if it is smaller than what the row kept', async () => {
  const { server, logger } = setup({ maxQueueRows: 1 })
  const span = logger.startSpan({ name: 'n'.repeat(200), event: { metrics: { tokens: 1 } } })
  logger.log({ input: 'newer' })
  span.log({ metrics: null })
  await logger.flush().catch(() => {})
  expect(server.rows().at(-1)).toMatchObject({ id: span.id, metrics: null })
})

test('a row that was dropped from a full queue keeps its name and time for what is logged later', async () => {
  const { server, logger } = setup({ maxQueueRows: 1 })
  const span = logger.startSpan({ name: 'kept', event: { input: 'lost' } })
  logger.log({ input: 'newer' })
  span.log({ output: 'late' })
  await logger.flush().catch(() => {})
  expect(server.rows()).toEqual([
    expect.objectContaining({
      output: 'late',
      span_attributes: expect.objectContaining({ name: 'kept' }),
    }),
  ])
  expect(server.rows()[0]).not.toHaveProperty('input')
  expect(logger.stats()).toMatchObject({ dropped: 2, acknowledged: 1 })
})

test('a span takes the room of what it holds, not of what was replaced', async () => {
  const { server, logger, problems } = setup({ maxQueueBytes: 100_000, flushIntervalMs: 60_000 })
  logger.log({ input: 'neighbour' })
  const span = logger.startSpan()
  for (let n = 0; n < 100; n++) {
    span.log({ output: `${n}`.repeat(10_000), metrics: { n }, tags: ['a'.repeat(1000)] })
    span.log({ metadata: { a: { b: `${n}`.repeat(10_000) }, n } })
    span.setAttributes({ name: `${n}`.repeat(1000) })
  }
  await logger.flush()
  expect(problems).toEqual([])
  const [neighbour, row] = server.rows()
  expect([neighbour?.input, row?.metrics.n]).toEqual(['neighbour', 99])
})

test('a row that was dropped takes the room of what it keeps', () => {
  const draft = (...fields: string[]) => {
    const made = new Draft({ id: 'a' }, 0, {})
    for (const field of fields) made.add(field, copy({ name: field.repeat(100) }))
    return made
  }
  const dropped = draft('span_attributes', 'metadata', 'metrics')
  dropped.discard()
  expect(dropped.size).toBe(draft('span_attributes', 'metrics').size)
})
