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
import { tell } from './progress.ts'
import { measureReads, withLimits } from './reads.ts'
import { report } from './report.ts'
import { measureSdk } from './sdk.ts'
import { measureStart, startProduct, stopProduct } from './start.ts'
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
const figures: Figure[] = []
try {
  await measure()
  console.log(written())
} finally {
  if (options.dir === undefined) rmSync(dir, { recursive: true, force: true })
}
process.exit(0)

/** Stage by stage; what was measured is written after each, so that a long run loses little. */
async function measure(): Promise<void> {
  if (options.has('sdk')) await stage('sdk', measureSdk)
  if (options.isSdkOnly) return
  const { content, limit, figures: filling } = await filled(dir)
  await stage('ingest', async () => filling)
  if (options.has('start') || options.has('reads') || options.has('isolation')) {
    await stage('reads', () => measureAtRest(dir, content))
  }
  if (options.has('lone') || options.has('votes') || options.has('parts')) {
    await stage('writes', () => measureWrites(dir, content, limit))
  }
}

/** One that fails is told and left out: the others are worth their time. */
async function stage(name: string, work: () => Promise<Figure[]>): Promise<void> {
  try {
    figures.push(...(await work()))
  } catch (reason) {
    tell(`${name} failed: ${reason instanceof Error ? reason.stack : reason}`)
    figures.push({ name, unit: 'ms', measured: null, note: `failed: ${reason}` })
  }
  written()
}

function written(): string {
  const { clients, packing, seed, spans, out } = options
  const date = new Date(begun).toISOString().slice(0, 10)
  return report(out, { date, seed, spans, clients, ...packing }, figures)
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
  const reads: Figure[] = []
  const others: Figure[] = []
  try {
    if (options.has('reads')) reads.push(...(await measureReads(client, samples, options.times)))
    if (options.has('isolation')) others.push(...(await measureIsolation(client, samples)))
    others.push(peakOf(product, 'reads'))
  } finally {
    client.close()
    await stopProduct(product)
  }
  const limited =
    reads.length > 0 ? await withLimits(reads, join(dir, 'engine'), samples, options.times) : []
  return [...figures, ...limited, ...others]
}

/** What is written beside the filled data; each with rows of its own. */
async function measureWrites(
  dir: string,
  { plan, samples }: Content,
  limit: InsertLimit,
): Promise<Figure[]> {
  const product = await startProduct(dir)
  const client = new Client(product.url, API_KEY, CONNECTIONS)
  const server = { url: product.url, apiKey: API_KEY, pid: product.pid }
  const now = (seed: number) => ({ ...plan, seed, endsAt: Date.now(), days: LAST_MINUTE })
  const { seed } = plan
  try {
    return [
      ...(options.has('lone') ? await measureLone(client, now(seed + 1), limit) : []),
      ...(options.has('votes') ? await measureVotes(server, now(seed + 2), samples) : []),
      ...(options.has('parts') ? await measureTwoParts(client, now(seed + 3)) : []),
      peakOf(product, 'votes and lone requests'),
    ]
  } finally {
    client.close()
    await stopProduct(product)
  }
}

function peakOf(product: Product, during: string): Figure {
  const measured = memoryOf(product.pid)?.peak ?? null
  return { name: `memory peak, ${during}`, unit: 'MB', measured }
}
