import { API_KEY } from '../support/heed.ts'
import { Product } from '../support/product.ts'
import { Client } from './client.ts'
import { type Figure, timed } from './figure.ts'
import { memoryOf, settled } from './process.ts'
import { tell } from './progress.ts'

const STARTS = 3

/** The product on a directory; it ends with this process, however that ends. */
export async function startProduct(dir: string): Promise<Product> {
  const product = await Product.start({}, dir)
  process.once('exit', () => void product.end('SIGKILL'))
  return product
}

/** Ends the product, and shows what it said of failures. */
export async function stopProduct(product: Product): Promise<void> {
  await product.end('SIGTERM')
  const failures = product.output.split('\n').filter((line) => /Error/.test(line))
  if (failures.length > 0) tell(`the product said:\n${failures.slice(0, 10).join('\n')}`)
}

/**
 * Starts the product on a directory several times and leaves it running. Measures from the spawning
 * of the process to its first 200 on `/healthz`, and its memory when it has come to rest.
 */
export async function measureStart(
  dir: string,
  state: 'empty' | 'filled',
): Promise<{ product: Product; figures: Figure[] }> {
  tell(`start on the ${state} directory`)
  const seconds: number[] = []
  for (;;) {
    const { ms, result: product } = await timed(() => healthy(dir))
    seconds.push(ms / 1000)
    if (seconds.length < STARTS) {
      await product.end('SIGTERM')
      continue
    }
    await settled(product.pid, 30)
    const memory = memoryOf(product.pid)
    const sorted = seconds.toSorted((a, b) => a - b)
    const figures: Figure[] = [
      {
        name: `start, ${state}`,
        unit: 's',
        measured: sorted[STARTS >> 1] ?? null,
        details: { first: seconds[0] ?? 0, slowest: sorted.at(-1) ?? 0 },
      },
      {
        name: `memory idle, ${state}`,
        unit: 'MB',
        measured: memory?.now ?? null,
        ...(!memory && { note: 'not available: no /proc' }),
      },
    ]
    return { product, figures }
  }
}

async function healthy(dir: string): Promise<Product> {
  const product = await startProduct(dir)
  const client = new Client(product.url, API_KEY, 1)
  const { status, text } = await client.get('/healthz')
  client.close()
  if (status !== 200) throw new Error(`/healthz answered ${status}: ${text}`)
  return product
}
