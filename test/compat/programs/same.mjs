// A program of which only the import differs: what COMPAT_SDK names is `braintrust` or `heed`.
const { currentSpan, flush, initLogger, startSpan, traced, withCurrent, wrapTraced } = await import(
  process.env.COMPAT_SDK
)

const logger = initLogger({ projectName: process.env.COMPAT_PROJECT })

const search = wrapTraced(function search(query, { limit = 2 } = {}) {
  return Array.from({ length: limit }, () => `found ${query}`)
})

const later = wrapTraced(
  async (n) => {
    await new Promise((resolve) => setTimeout(resolve, 10))
    return traced(
      (span) => {
        currentSpan().log({ output: n })
        return span.id && n
      },
      { name: `inner ${n}` },
    )
  },
  { name: 'later', type: 'tool' },
)

const look = wrapTraced(function look(word) {
  throw new Error(`no ${word}`)
})

async function chat() {
  return logger.traced(
    async (span) => {
      await search('place', { limit: 3 })
      await traced(
        async (model) => {
          model.log({ metrics: { prompt_tokens: 7 }, metadata: { model: 'm-1', a: { b: 1 } } })
          await new Promise((resolve) => setTimeout(resolve, 1))
          model.log({ metrics: { completion_tokens: 3 }, metadata: { a: { c: 2 } } })
          model.log({ output: 'there' })
          model.startSpan({ name: 'below' }).end()
        },
        { name: 'model', type: 'llm', event: { input: [{ role: 'user' }] } },
      )
      span.log({ output: { text: 'there', n: [1, 2.5, null, true] }, tags: ['one'] })
      span.log({ scores: { relevance: 0.5, sure: true }, expected: 'here' })
      span.log({ metadata: { user_id: 'ann', gone: undefined, kept: null } })
      currentSpan().log({ scores: { kept: 1, none: null } })
      return { id: span.id, slug: await span.export() }
    },
    {
      name: 'chat',
      type: 'task',
      spanAttributes: { purpose: 'test' },
      event: { input: { q: 'Größe?' } },
    },
  )
}

async function concurrent() {
  await logger.traced(() => Promise.all([0, 1, 2].map((n) => later(n))), { name: 'gathered' })
  const outer = startSpan({ name: 'outer' })
  withCurrent(outer, () => startSpan({ name: 'in outer' }).end())
  outer.end()
  await logger.flush()
}

async function elsewhere({ slug }) {
  logger.startSpan({ name: 'by export', parent: slug, event: { input: 1 } }).end()
  const span = logger.startSpan({ name: 'sends' })
  const carrier = {}
  span.inject(carrier)
  logger.startSpan({ name: 'by header', parent: { traceparent: carrier.traceparent } }).end()
  span.end()
  await logger.flush()
}

async function failures() {
  try {
    await logger.traced(() => look('word'), { name: 'failing' })
  } catch {}
  try {
    await logger.traced(async () => Promise.reject(new TypeError('late')), { name: 'rejected' })
  } catch {}
  logger.log({ input: 'said', error: 'by hand' }, { allowConcurrentWithSpans: true })
  await logger.flush()
}

async function changes() {
  const span = logger.startSpan({ name: 'before', startTime: 1000.5 })
  span.setAttributes({ name: 'after', type: 'review' })
  span.log({ output: 'first', metadata: { list: [1, 2] } })
  span.end({ endTime: 1002.5 })
  await logger.flush()
  logger.updateSpan({ id: span.id, output: 'second', metadata: { list: [3] }, tags: ['late'] })
  logger.log(
    { input: 'alone', scores: { s: 0.25 }, metrics: { tokens: 5 }, metadata: { k: 'v' } },
    { allowConcurrentWithSpans: true },
  )
  await logger.flush()
}

/** Each module of a program has a logger of its own, all of one project. */
async function modules() {
  const other = initLogger({ projectName: process.env.COMPAT_PROJECT, setCurrent: false })
  await logger.traced(
    async (span) => {
      await other.traced(
        async () => {
          await traced(async () => {}, { name: 'below b' })
          logger.startSpan({ name: 'back in a', event: { input: 1 } }).end()
        },
        { name: 'module b' },
      )
      other.startSpan({ name: 'typed b', type: 'tool' }).end()
      span.startSpan({ name: 'child of a' }).end()
    },
    { name: 'module a' },
  )
  await other.flush()
  await logger.flush()
}

async function givenTimes() {
  logger.log(
    { input: 'imported', metrics: { start: 1000, end: 1003.5 } },
    { allowConcurrentWithSpans: true },
  )
  await logger.traced(
    async (span) => {
      span.log({ output: 1 })
      span.log({ metrics: { end: 2001.5 } })
    },
    { name: 'replayed', startTime: 2000 },
  )
  await logger.flush()
}

async function judge({ id, slug }) {
  const by = { user_id: 'u1', screen: 'chat' }
  for (const feedback of [
    { scores: { helpful: 0 }, metadata: by, source: 'app' },
    { scores: { helpful: true, tone: 0.25 }, metadata: by, source: 'app' },
    { expected: { text: 'better' }, metadata: { user_id: 'u2' }, source: 'api' },
    { comment: 'I do not agree', source: 'external' },
    { tags: ['wrong'], metadata: { user_id: 'u3' }, source: 'external' },
  ]) {
    logger.logFeedback({ id, ...feedback })
    await logger.flush()
  }
  const child = logger.startSpan({ name: 'user_feedback', parent: slug })
  child.log({ scores: { helpful: 1 }, comment: 'by a span', metadata: { user_id: 'u5' } })
  child.end()
  await logger.flush()
  child.logFeedback({ scores: { helpful: 0.5 }, metadata: { user_id: 'u4' }, source: 'app' })
  await logger.flush()
}

const judged = await chat()
await logger.flush()
await concurrent()
await elsewhere(judged)
await failures()
await changes()
await modules()
await givenTimes()
await judge(judged)
await flush()
console.log('{}')
