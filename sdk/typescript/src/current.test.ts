import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fakeServer, type Received } from './fake-server.ts'
import * as heed from './node.ts'
import { state } from './state.ts'

let server: ReturnType<typeof fakeServer>
beforeEach(() => {
  server = fakeServer()
  heed.initLogger({ projectName: 'test', apiKey: 'k', fetch: server.fetch })
})
afterEach(() => {
  state.logger = undefined
})

async function rows(): Promise<Record<string, Received>> {
  await heed.flush()
  return Object.fromEntries(server.rows().map((row) => [row.span_attributes.name, row]))
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

test('a span inside a span is its child, across awaits', async () => {
  await heed.traced(
    async (outer) => {
      await pause(2)
      expect(heed.currentSpan()).toBe(outer)
      await heed.traced(
        async () => {
          await pause(2)
          heed.startSpan({ name: 'inner' }).end()
        },
        { name: 'middle' },
      )
      heed.currentSpan().log({ output: 1 })
    },
    { name: 'outer' },
  )
  const { outer, middle, inner } = await rows()
  expect(outer).toMatchObject({ output: 1, span_attributes: { type: 'task' } })
  expect(middle).toMatchObject({ span_parents: [outer?.span_id] })
  expect(inner).toMatchObject({
    span_parents: [middle?.span_id],
    root_span_id: outer?.root_span_id,
  })
})

test('siblings that run at the same time do not mix', async () => {
  await heed.traced(
    () =>
      Promise.all(
        ['a', 'b', 'c'].map((name) =>
          heed.traced(
            async () => {
              await pause(Math.random() * 10)
              await heed.traced(async () => pause(1), { name: `${name} child` })
            },
            { name },
          ),
        ),
      ),
    { name: 'root' },
  )
  const all = await rows()
  for (const name of ['a', 'b', 'c']) {
    expect(all[name]?.span_parents).toEqual([all.root?.span_id])
    expect(all[`${name} child`]?.span_parents).toEqual([all[name]?.span_id])
  }
})

test('a given parent wins over the current span', async () => {
  const other = heed.startSpan({ name: 'other', parent: null })
  heed.traced(
    () => {
      heed.currentLogger()?.traced(() => {}, { name: 'one', parent: other.id })
      heed.traced(() => {}, { name: 'two', parent: other.id })
      heed.currentLogger()?.traced(() => {}, { name: 'nested' })
      heed.traced(() => {}, { name: 'fresh', parent: null })
    },
    { name: 'current' },
  )
  const all = await rows()
  expect(all.one?.span_parents).toEqual([other.spanId])
  expect(all.two?.span_parents).toEqual([other.spanId])
  expect(all.nested?.span_parents).toEqual([all.current?.span_id])
  expect(all.fresh).not.toHaveProperty('span_parents')
})

test('what a logger opens is a task, also within another span', async () => {
  const logger = heed.currentLogger()
  logger?.traced(
    (outer) => {
      logger.traced(() => {}, { name: 'nested' })
      logger.startSpan({ name: 'typed', type: 'tool' })
      logger.startSpan({ name: 'hung', parent: outer.id })
      outer.startSpan({ name: 'child' })
      heed.traced(() => {}, { name: 'step' })
      logger.startSpan()
    },
    { name: 'outer' },
  )
  const all = Object.values(await rows()).map(({ span_attributes: { name, type } }) => [name, type])
  expect(Object.fromEntries(all)).toEqual({
    outer: 'task',
    nested: 'task',
    typed: 'tool',
    hung: undefined,
    child: undefined,
    step: undefined,
    span: 'task',
  })
})

test('loggers of one project share a trace', async () => {
  const there = fakeServer()
  const second = heed.initLogger({ projectName: 'test', fetch: there.fetch, setCurrent: false })
  heed.traced(
    () => second.traced(() => heed.traced(() => {}, { name: 'deep' }), { name: 'inner' }),
    {
      name: 'outer',
    },
  )
  await second.flush()
  const [inner, deep] = there.rows()
  const { outer } = await rows()
  expect(inner).toMatchObject({
    span_parents: [outer?.span_id],
    root_span_id: outer?.root_span_id,
  })
  expect(deep?.span_parents).toEqual([inner?.span_id])
})

test.each([{ projectName: 'elsewhere' }, { projectName: 'test', url: 'http://elsewhere.test' }])(
  'a logger of another project or server begins its own trace: $projectName $url',
  async (option) => {
    const elsewhere = fakeServer()
    const logger = heed.initLogger({ ...option, fetch: elsewhere.fetch, setCurrent: false })
    heed.traced(() => logger.traced(() => heed.traced(() => {}, { name: 'deep' }), { name: 'x' }))
    await logger.flush()
    const [x, deep] = elsewhere.rows()
    expect(x).not.toHaveProperty('span_parents')
    expect(deep?.span_parents).toEqual([x?.span_id])
  },
)

test('withCurrent makes any span the current one', async () => {
  const span = heed.startSpan({ name: 'kept open' })
  await heed.withCurrent(span, async () => {
    await pause(1)
    heed.startSpan({ name: 'child' })
  })
  expect((await rows()).child?.span_parents).toEqual([span.spanId])
})

describe('traced', () => {
  test('gives back what the callback gives: a value or a promise', async () => {
    expect(heed.traced(() => 5)).toBe(5)
    const promise = heed.traced(async () => 6)
    expect(promise).toBeInstanceOf(Promise)
    expect(await promise).toBe(6)
  })

  test.each([
    ['thrown', () => heed.traced(() => raise(), { name: 'bad' })],
    ['rejected', () => heed.traced(async () => raise(), { name: 'bad' })],
  ])('an error that is %s is recorded, ends the span, and goes on', async (_, run) => {
    await expect(async () => run()).rejects.toThrow('boom')
    const { bad } = await rows()
    expect(bad?.error).toMatch(/^boom\n\nError: boom\n\s+at /)
    expect(bad?.metrics.end).toBeGreaterThan(0)
  })

  test('anything can be thrown', async () => {
    await expect(heed.traced(() => Promise.reject('text'), { name: 'bad' })).rejects.toBe('text')
    expect((await rows()).bad?.error).toBe('text')
  })
})

describe('wrapTraced', () => {
  test('logs arguments and result, and keeps this and the name', async () => {
    class Shop {
      price = 3
      total = heed.wrapTraced(function total(this: Shop, count: number) {
        return this.price * count
      })
    }
    const shop = new Shop()
    expect(shop.total(2)).toBe(6)
    expect(shop.total.name).toBe('total')
    expect((await rows()).total).toMatchObject({
      input: [2],
      output: 6,
      span_attributes: { type: 'function' },
    })
  })

  test('waits for a promise', async () => {
    const answer = heed.wrapTraced(async (text: string) => `${text}!`, { name: 'answer' })
    expect(await answer('hi')).toBe('hi!')
    expect((await rows()).answer).toMatchObject({ input: ['hi'], output: 'hi!' })
  })

  test('records what is thrown', async () => {
    expect(heed.wrapTraced(raise, { name: 'bad' })).toThrow('boom')
    expect((await rows()).bad?.error).toContain('boom')
  })

  test('follows a generator to its end', async () => {
    const count = heed.wrapTraced(
      function* (to: number) {
        for (let n = 0; n < to; n++) {
          heed.startSpan({ name: `step ${n}` }).end()
          const sent: unknown = yield n
          if (sent) yield sent
        }
      },
      { name: 'count' },
    )
    expect([...count(3)]).toEqual([0, 1, 2])
    const all = await rows()
    expect(all.count).toMatchObject({ input: [3], output: [0, 1, 2] })
    expect(all['step 2']?.span_parents).toEqual([all.count?.span_id])
  })

  test('follows an async generator, also when the reader stops early', async () => {
    let isClosed = false
    const stream = heed.wrapTraced(
      async function* () {
        try {
          for (let n = 0; ; n++) {
            await pause(1)
            heed.startSpan({ name: `chunk ${n}` }).end()
            yield n
          }
        } finally {
          isClosed = true
        }
      },
      { name: 'stream' },
    )
    for await (const n of stream()) if (n === 2) break
    expect(isClosed).toBe(true)
    const all = await rows()
    expect(all.stream?.output).toEqual([0, 1, 2])
    expect(all.stream?.metrics.end).toBeGreaterThan(0)
    expect(all['chunk 1']?.span_parents).toEqual([all.stream?.span_id])
  })

  test('what a generator yields is taken as it is then', async () => {
    const grow = heed.wrapTraced(
      function* () {
        const text = { said: '' }
        for (const word of ['a', 'b']) {
          text.said += word
          yield text
        }
      },
      { name: 'grow' },
    )
    for (const _ of grow());
    expect((await rows()).grow?.output).toEqual([{ said: 'a' }, { said: 'ab' }])
  })

  test('what is asked of a generator after its end adds nothing', async () => {
    const once = heed.wrapTraced(
      function* () {
        yield 1
        return 2
      },
      { name: 'once' },
    )
    const failing = heed.wrapTraced(
      async function* (): AsyncGenerator<number> {
        yield 1
        raise()
      },
      { name: 'failing' },
    )
    const steps = once()
    expect([steps.next(), steps.next(), steps.next()]).toEqual([
      { value: 1, done: false },
      { value: 2, done: true },
      { value: undefined, done: true },
    ])
    expect(() => steps.throw(new Error('late'))).toThrow('late')
    const stream = failing()
    await stream.next()
    await expect(stream.next()).rejects.toThrow('boom')
    await rows()
    expect(await stream.next()).toEqual({ value: undefined, done: true })
    await heed.flush()
    expect(server.rows()).toMatchObject([
      { output: { yielded: [1], returned: 2 } },
      { output: [1], error: expect.stringContaining('boom') },
    ])
    expect(server.rows()[0]).not.toHaveProperty('error')
  })

  test('a generator that throws is recorded', async () => {
    const stream = heed.wrapTraced(
      async function* () {
        yield 1
        raise()
      },
      { name: 'stream' },
    )
    await expect(async () => {
      for await (const _ of stream());
    }).rejects.toThrow('boom')
    expect((await rows()).stream).toMatchObject({
      output: [1],
      error: expect.stringContaining('boom'),
    })
  })
})

describe('without a logger', () => {
  beforeEach(() => {
    state.logger = undefined
  })

  test('everything runs and nothing is recorded', async () => {
    expect(heed.traced((span) => [span.id, span.log({ input: 1 })])).toEqual(['', undefined])
    expect(heed.wrapTraced((n: number) => n + 1)(1)).toBe(2)
    const count = heed.wrapTraced(function* () {
      yield 1
    })
    expect([...count()]).toEqual([1])
    expect(heed.currentSpan().id).toBe('')
    expect(
      heed
        .startSpan()
        .startSpan()
        .traced((span) => span.id),
    ).toBe('')
    expect(heed.logFeedback({ id: 'x', scores: { a: 1 } })).toBe('')
    heed.updateSpan({ id: 'x', output: 1 })
    await heed.flush()
  })
})

test('null in place of arguments says nothing, with a logger and without', async () => {
  const none = JSON.parse('null')
  for (const logger of [heed.currentLogger(), undefined]) {
    state.logger = logger
    heed.startSpan(none).end(none)
    expect(heed.traced(() => 1, none)).toBe(1)
    expect(heed.wrapTraced((n: number) => n, none)(2)).toBe(2)
    heed.updateSpan(none)
    expect(heed.logFeedback(none)).toBe('')
    await heed.flush(none).catch(() => {})
  }
  heed.initLogger(none)
})

test('init throws nothing and sends nothing, with no key and no server', async () => {
  const logger = heed.initLogger({ projectName: 'p', url: 'not a url', onError: () => {} })
  logger.log({ input: 1 })
  await expect(logger.flush({ timeoutMs: 50 })).rejects.toMatchObject({ queued: 1 })
})

const raise = (): never => {
  throw new Error('boom')
}
