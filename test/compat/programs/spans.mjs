// Spans as an application logs them; prints the ids of its rows.
const { initLogger, login, startSpan, traced, wrapTraced, updateSpan, currentSpan, flush } =
  await import(process.env.COMPAT_SDK)

await login()

const logger = initLogger({ projectName: process.env.COMPAT_PROJECT })
const ids = {}

const search = wrapTraced(async function search(query) {
  ids.wrapped = currentSpan().id
  return [`found ${query}`]
})

await logger.traced(
  async (span) => {
    ids.root = span.id
    span.log({ input: { question: 'where?' }, metadata: { a: { b: 1 }, kept: true } })
    await traced(
      async (child) => {
        ids.child = child.id
        child.log({ input: 'prompt', metrics: { prompt_tokens: 7 } })
        child.log({
          output: 'there',
          metrics: { completion_tokens: 3 },
          metadata: { model: 'm-1' },
        })
        child.traced(
          (below) => {
            ids.below = below.id
          },
          { name: 'below' },
        )
        const beside = child.startSpan({ name: 'beside' })
        ids.beside = beside.id
        beside.close()
      },
      { name: 'answer', type: 'llm' },
    )
    await search('place')
    const started = startSpan({ name: 'started' })
    ids.started = started.id
    started.end()
    span.log({ output: 'there', metadata: { a: { c: 2 } }, tags: ['one', 'two'] })
    span.log({ scores: { relevance: 0.5, skipped: null } })
  },
  { name: 'POST /chat' },
)

try {
  await logger.traced(
    async (span) => {
      ids.failed = span.id
      throw new Error('no such place')
    },
    { name: 'failing' },
  )
} catch {}
await logger.flush()

const updated = logger.startSpan({ name: 'updated' })
ids.updated = updated.id
const exported = await updated.export()
updated.log({ output: 'before' })
updated.setAttributes({ type: 'tool' })
updated.end()
await logger.flush()
updateSpan({ exported, output: 'after', metadata: { fixed: true } })
logger.updateSpan({ id: updated.id, tags: ['late'] })
await flush()

ids.logged = logger.log({ input: 'alone' }, { allowConcurrentWithSpans: true })
await logger.flush()
ids.project = await logger.id
console.log(JSON.stringify(ids))
