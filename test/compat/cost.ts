import { cpus } from 'node:os'
import { API_KEY, newProject } from '../support/heed.ts'
import { Product } from '../support/product.ts'
import { HEED_TYPESCRIPT, runProgram, TYPESCRIPT } from './sdks.ts'

/** Of which the median is told: the machine is never quite quiet. */
const ROUNDS = 5

const sdks = [HEED_TYPESCRIPT, ...TYPESCRIPT]

interface Cost {
  readonly callMicros: number
  readonly flushMillis: number
  readonly rows: number
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]

const product = await Product.start()
try {
  const costs = new Map<string, Cost[]>(sdks.map(({ name }) => [name, []]))
  for (let round = 0; round < ROUNDS; round++) {
    // In turns, so that what slows the machine slows all of them.
    for (const sdk of sdks) {
      const project_name = newProject()
      const env = {
        COMPAT_PROJECT: project_name,
        HEED_URL: product.url,
        HEED_API_KEY: API_KEY,
        // Of 10,000 spans in a burst the official SDK would drop half: it queues each of their changes.
        BRAINTRUST_QUEUE_DROP_EXCEEDING_MAXSIZE: '100000',
      }
      const cost: Cost = await runProgram(sdk, 'cost', product.url, env)
      const { body } = await product.get('/v1/count', { project_name, source: 'spans' })
      if (body.count !== cost.rows) throw new Error(`${sdk.name}: ${body.count} rows arrived`)
      costs.get(sdk.name)?.push(cost)
    }
  }
  console.log(`Node ${process.version}, ${cpus().length} cores, median of ${ROUNDS} rounds\n`)
  console.log('| SDK | µs per span on the caller’s thread | ms to flush 10,000 spans |')
  console.log('|---|---|---|')
  for (const [name, all] of costs) {
    const call = median(all.map(({ callMicros }) => callMicros))
    const flush = median(all.map(({ flushMillis }) => flushMillis))
    console.log(`| ${name} | ${call?.toFixed(1)} | ${flush?.toFixed(0)} |`)
  }
} finally {
  await product.stop()
}
