// npm run bench: how fast the built product is, and how far from what the engine alone can do.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { API_KEY } from '../support/heed.ts'
import type { Product } from '../support/product.ts'
import { Client } from './client.ts'
import { type Content, emptyDirectory, findContent } from './directory.ts'
import type { Figure } from './figure.ts'
import { measureFilling } from './filling.ts'
import { insertLimit, measureLone, measureTwoParts } from './ingest.ts'
import { measureIsolation } from './isolation.ts'
import type { InsertLimit } from './limit-insert.ts'
import { HELP, readOptions } from './options.ts'
import { memoryOf } from './process.ts'
import { measureReads, withLimits } from './reads.ts'
import { report } from './report.ts'
import { measureSdk } from './sdk.ts'
import { measureStart, startProduct } from './start.ts'
import { measureVotes } from './votes.ts'

const CONNECTIONS = 64
const DAYS = 30
const LAST_MINUTE = 1 / 1440 // days

const options = readOptions(process.argv.slice(2))
if (options.isHelp) {
  console.log(HELP)
  process.exit(0)
}
const begun = Date.now()
const dir = options.dir ?? emptyDirectory()
try {
  const figures = await measure(dir)
  const { clients, packing, seed, spans } = options
  const date = new Date(begun).toISOString().slice(0, 10)
  console.log(report(options.out, { date, seed, spans, clients, ...packing }, figures))
} finally {
  if (options.dir === undefined) rmSync(dir, { recursive: true, force: true })
}
process.exit(0)

async function measure(dir: string): Promise<Figure[]> {
  const figures: Figure[] = []
  if (options.has('sdk')) figures.push(...(await measureSdk()))
  if (options.isSdkOnly) return figures
  const { content, limit, figures: filling } = await filled(dir)
  figures.push(...filling)
  if (options.has('start') || options.has('reads') || options.has('isolation')) {
    figures.push(...(await measureAtRest(dir, content)))
  }
  if (options.has('lone') || options.has('votes') || options.has('parts')) {
    figures.push(...(await measureWrites(dir, content, limit)))
  }
  return figures
}

/** The directory as the reads need it: one that is filled already is not filled again. */
async function filled(dir: string) {
  const { seed, spans, clients, packing } = options
  const known = findContent(dir)
  const plan = known?.plan ?? { seed, spans, endsAt: begun, days: DAYS }
  const limitDir = emptyDirectory()
  const limit = await insertLimit(limitDir, plan)
  rmSync(limitDir, { recursive: true, force: true })
  if (known) return { content: known, limit, figures: [] }
  return { limit, ...(await measureFilling(dir, plan, clients, packing, limit)) }
}

/** Start, memory and reads: nothing is written. */
async function measureAtRest(dir: string, { samples }: Content): Promise<Figure[]> {
  const { product, figures } = await measureStart(dir, 'filled')
  const client = new Client(product.url, API_KEY, CONNECTIONS)
  const reads = options.has('reads') ? await measureReads(client, samples) : []
  const isolation = options.has('isolation') ? await measureIsolation(client, samples) : []
  client.close()
  const peak = peakOf(product, 'reads')
  await product.end('SIGTERM')
  const limited = reads.length > 0 ? await withLimits(reads, join(dir, 'engine'), samples) : []
  return [...figures, ...limited, ...isolation, peak]
}

/** What is written beside the filled data; each with rows of its own. */
async function measureWrites(
  dir: string,
  { plan, samples }: Content,
  limit: InsertLimit,
): Promise<Figure[]> {
  const product = await startProduct(dir)
  const client = new Client(product.url, API_KEY, CONNECTIONS)
  const figures: Figure[] = []
  const now = (seed: number) => ({ ...plan, seed, endsAt: Date.now(), days: LAST_MINUTE })
  if (options.has('lone')) figures.push(...(await measureLone(client, now(plan.seed + 1), limit)))
  if (options.has('votes')) {
    const server = { url: product.url, apiKey: API_KEY }
    figures.push(...(await measureVotes(server, now(plan.seed + 2), samples)))
  }
  if (options.has('parts')) figures.push(...(await measureTwoParts(client, now(plan.seed + 3))))
  client.close()
  figures.push(peakOf(product, 'votes and lone requests'))
  await product.end('SIGTERM')
  return figures
}

function peakOf(product: Product, during: string): Figure {
  const measured = memoryOf(product.pid)?.peak ?? null
  return { name: `memory peak, ${during}`, unit: 'MB', measured }
}
