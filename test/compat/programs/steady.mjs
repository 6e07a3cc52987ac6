// Logs spans and feedback for some seconds, whatever the network does; prints the ids of its rows.
const { initLogger } = await import(process.env.COMPAT_SDK)

const logger = initLogger({ projectName: process.env.COMPAT_PROJECT })
const ids = []
for (let i = 0; i < 60; i++) {
  const span = logger.startSpan({ name: `span ${i}` })
  span.log({ output: i })
  span.end()
  ids.push(span.id)
  await new Promise((resolve) => setTimeout(resolve, 50))
  span.logFeedback({
    scores: { helpful: i % 2 },
    comment: `comment ${i}`,
    metadata: { user_id: `u${i}` },
  })
  if (i % 5 === 0) await logger.flush()
}
await logger.flush()
console.log(JSON.stringify(ids))
