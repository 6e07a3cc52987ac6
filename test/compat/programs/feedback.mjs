// What users think of answers, in every way the SDK has to say it; prints the ids of the judged rows.
const { initLogger } = await import(process.env.COMPAT_SDK)

const logger = initLogger({ projectName: process.env.COMPAT_PROJECT })
const ids = {}

function answer(name) {
  const span = logger.startSpan({ name })
  span.log({ input: 'question', output: 'answer' })
  span.end()
  ids[name] = span.id
  return span
}

const kinds = answer('kinds')
await logger.flush()
const id = kinds.id
const by = (user_id) => ({ user_id })
for (const feedback of [
  { scores: { helpful: true, tone: 0.25 }, metadata: { user_id: 'u1', session: 's1' } },
  { expected: 'a better answer', metadata: by('u2'), source: 'app' },
  { tags: ['wrong'], metadata: by('u2') },
  { comment: 'I do not agree', metadata: by('u3'), source: 'external' },
  { scores: { helpful: 0 }, comment: 'with a score', metadata: by(4) },
]) {
  logger.logFeedback({ id, ...feedback })
  await logger.flush()
}

const changed = answer('changed')
await logger.flush()
for (const helpful of [1, 0, null, 1]) {
  changed.logFeedback({ scores: { helpful }, metadata: by('u1') })
  await logger.flush()
}
changed.logFeedback({ scores: { helpful: null }, metadata: by('u2') })
await logger.flush()

// In one moment: the SDK sends the span and the feedback on it as one row.
answer('fused').logFeedback({
  scores: { helpful: 1 },
  comment: 'at once',
  metadata: by('u1'),
  source: 'app',
})
await logger.flush()

ids.early = `early ${process.env.COMPAT_PROJECT}`
logger.logFeedback({ id: ids.early, scores: { helpful: 0 }, metadata: by('u1') })
await logger.flush()
logger.startSpan({ name: 'early', event: { id: ids.early } }).end()
await logger.flush()

const parent = await answer('parent').export()
await logger.flush()
for (const [user_id, helpful] of Object.entries({ u1: 1, u2: 0, u3: 1, u4: 1 })) {
  const child = logger.startSpan({ name: 'user_feedback', parent })
  child.log({ scores: { helpful }, comment: `from ${user_id}`, metadata: { user_id } })
  child.end()
}
await logger.flush()
console.log(JSON.stringify(ids))
