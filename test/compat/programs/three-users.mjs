// Three users judge one answer, in every way that there is; prints the ids of the answers.
const { initLogger } = await import(process.env.COMPAT_SDK)

const logger = initLogger({ projectName: process.env.COMPAT_PROJECT })
const VOTES = Object.entries({ u1: 1, u2: 0, u3: 1 })
const ids = {}

async function answer(name) {
  const span = logger.startSpan({ name })
  span.log({ input: 'question', output: 'answer' })
  span.end()
  ids[name] = span.id
  const parent = await span.export()
  await logger.flush()
  return { id: span.id, parent }
}

const judge = (id, user_id, helpful) =>
  logger.logFeedback({
    id,
    scores: { helpful },
    comment: `from ${user_id}`,
    metadata: { user_id },
  })

const atOnce = await answer('at once')
for (const [user, helpful] of VOTES) judge(atOnce.id, user, helpful)
await logger.flush()

const flushed = await answer('flushed')
for (const [user, helpful] of VOTES) {
  judge(flushed.id, user, helpful)
  await logger.flush()
}

const { parent } = await answer('child spans')
for (const [user_id, helpful] of VOTES) {
  const child = logger.startSpan({ name: 'user_feedback', parent })
  child.log({ scores: { helpful }, comment: `from ${user_id}`, metadata: { user_id } })
  child.end()
}
await logger.flush()
console.log(JSON.stringify(ids))
