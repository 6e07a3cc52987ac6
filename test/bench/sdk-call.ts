// What a span costs its caller: `traced` + `log` + `end` with about 2 KB, on the caller's thread.
// Usage: node scripts/run.mjs test/bench/sdk-call.ts
import { initLogger } from 'heed'

const SPANS = 20_000
const logger = initLogger({
  projectName: 'bench',
  apiKey: 'unused',
  maxQueueRows: SPANS,
  // The network is not what is measured: everything is acknowledged at once.
  fetch: async () => ({ status: 200, headers: new Headers(), text: async () => '{"rejected":[]}' }),
})
const input = { messages: [{ role: 'user', content: 'x'.repeat(1500) }] }
const times: number[] = []
for (let i = 0; i < SPANS; i++) {
  const begun = performance.now()
  logger.traced((span) => {
    span.log({ input, output: 'y'.repeat(300), metadata: { user_id: `u${i}`, model: 'm' } })
  })
  times.push((performance.now() - begun) * 1000)
  if (i % 500 === 0) await logger.flush()
}
times.sort((a, b) => a - b)
const at = (share: number) => (times[Math.floor(SPANS * share)] ?? 0).toFixed(1)
console.log(`µs a span on the caller's thread: p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}`)
