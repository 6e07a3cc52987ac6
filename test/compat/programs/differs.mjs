// What COMPAT_SDK, `braintrust` or `heed`, does in a way of its own; prints what the calls gave.
const { initLogger, wrapTraced } = await import(process.env.COMPAT_SDK)

const logger = initLogger({ projectName: process.env.COMPAT_PROJECT })
const look = wrapTraced(function look(word) {
  return word
})
const returned = look('word')
await returned
const span = logger.startSpan({ name: 'judged' })
span.end()
await logger.flush()
logger.logFeedback({ id: span.id, scores: { helpful: 1 }, comment: 'good' })
await logger.flush()
let besideSpans = 'logged'
try {
  logger.log({ input: 'beside spans' })
} catch {
  besideSpans = 'thrown'
}
await logger.flush()
console.log(
  JSON.stringify({
    wrapped: returned instanceof Promise ? 'a promise' : returned,
    isIdExported: (await span.export()) === span.id,
    besideSpans,
  }),
)
