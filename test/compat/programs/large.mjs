// A span too large for one request, between two small ones; prints their ids.
const { initLogger } = await import(process.env.COMPAT_SDK)

const logger = initLogger({ projectName: process.env.COMPAT_PROJECT })
const log = (input) =>
  logger.traced((span) => {
    span.log({ input })
    return span.id
  })
const ids = [log('before'), log('äx'.repeat(Number(process.env.COMPAT_PAIRS))), log('after')]
await logger.flush()
console.log(JSON.stringify(ids))
