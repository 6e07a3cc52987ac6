import { existsSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { initLogger } from 'heed'
import { bundled } from '../../sdk/typescript/src/bundled.ts'
import { type Figure, figuresOf } from './figure.ts'
import { tell } from './progress.ts'

const SPANS = 20_000
const FLUSH_EVERY = 500

/** What a span costs its caller: `traced`, `log` and `end` with about 2 KB, on the caller's thread. */
export async function measureSdk(): Promise<Figure[]> {
  tell('the SDK on the thread of its caller')
  const logger = initLogger({
    projectName: 'bench',
    apiKey: 'unused',
    maxQueueRows: SPANS,
    // The network is not what is measured: everything is acknowledged at once.
    fetch: async () => ({ status: 200, headers: new Headers(), text: async () => ACKNOWLEDGED }),
  })
  const input = { messages: [{ role: 'user', content: 'x'.repeat(1500) }] }
  const output = 'y'.repeat(300)
  const times: number[] = []
  for (let i = 0; i < SPANS; i++) {
    const begun = performance.now()
    logger.traced((span) => {
      span.log({ input, output, metadata: { user_id: `u${i}`, model: 'm' } })
    })
    times.push((performance.now() - begun) * 1000)
    if (i % FLUSH_EVERY === 0) await logger.flush()
  }
  await logger.flush()
  return [
    ...figuresOf('SDK call', 'µs', times, ['p50', 'p95', 'p99']),
    await sized('SDK bundle, gzipped', 'index.ts'),
    await sized('browser feedback client, gzipped', 'browser.ts'),
  ]
}

const ACKNOWLEDGED = '{"rejected":[]}'

/** Bytes of an entry of the SDK, minified, with all it needs. */
async function sized(name: string, entry: string): Promise<Figure> {
  const figure = { name, unit: 'bytes', measured: null } as const
  if (!existsSync(new URL(`../../sdk/typescript/src/${entry}`, import.meta.url)))
    return { ...figure, note: `not available: the SDK has no ${entry}` }
  return { ...figure, measured: gzipSync(await bundled(`./${entry}`)).byteLength }
}
