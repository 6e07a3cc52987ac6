// 10,000 spans as fast as a thread can log them, then flushed; prints what that took. Also for Heed's SDK.
const { initLogger } = await import(process.env.COMPAT_SDK)

const SPANS = 10_000
const WARM_UP = 1_000
const logger = initLogger({ projectName: process.env.COMPAT_PROJECT })
const input = { messages: [{ role: 'user', content: 'x'.repeat(1500) }] }
const output = 'y'.repeat(300)

function log(spans) {
  for (let i = 0; i < spans; i++) {
    const span = logger.startSpan({ name: 'answer', type: 'llm' })
    span.log({ input, output, metadata: { user_id: `u${i}`, model: 'm' } })
    span.end()
  }
}

log(WARM_UP)
await logger.flush()
const begun = performance.now()
log(SPANS)
const logged = performance.now()
await logger.flush()
const flushed = performance.now()
console.log(
  JSON.stringify({
    callMicros: ((logged - begun) * 1000) / SPANS,
    flushMillis: flushed - logged,
    rows: SPANS + WARM_UP,
  }),
)
