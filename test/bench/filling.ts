import { join } from 'node:path'
import { API_KEY } from '../support/heed.ts'
import type { Packing } from './bodies.ts'
import { ask } from './child.ts'
import { Client } from './client.ts'
import type { Plan } from './data.ts'
import { bytesIn, type Content, writeContent } from './directory.ts'
import type { Disk } from './disk.ts'
import type { Figure } from './figure.ts'
import { fillFigures } from './ingest.ts'
import type { InsertLimit } from './limit-insert.ts'
import { fill } from './load.ts'
import { memoryOf, settled } from './process.ts'
import { tell } from './progress.ts'
import { measureStart, stopProduct } from './start.ts'

const SETTLE_SECONDS_MAX = 300

/** Fills an empty directory over HTTP and stops the product when its merges are done. */
export async function measureFilling(
  dir: string,
  plan: Plan,
  clients: number,
  packing: Packing,
  limit: InsertLimit,
): Promise<{ content: Content; figures: Figure[] }> {
  const { product, figures: atStart } = await measureStart(dir, 'empty')
  const client = new Client(product.url, API_KEY, clients)
  tell(`fill with ${plan.spans} spans`)
  const { samples, ...filled } = await fill(client, clients, plan, packing, product.pid)
  client.close()
  const memory = memoryOf(product.pid)
  tell('merges')
  const merging = await settled(product.pid, SETTLE_SECONDS_MAX)
  const settledMemory = memoryOf(product.pid)
  await stopProduct(product)
  const content = { plan, spans: filled.spans, samples }
  writeContent(dir, content)
  const ofMemory = (name: string, measured: number | undefined): Figure => ({
    name,
    unit: 'MB',
    measured: measured ?? null,
    ...(measured === undefined && { note: 'not available: no /proc' }),
  })
  return {
    content,
    figures: [
      ...atStart,
      ...fillFigures({ ...filled, samples }, limit),
      { name: 'merges after the fill', unit: 's', measured: merging },
      ofMemory('memory peak under load', memory?.peak),
      ofMemory('memory after the fill, at rest', settledMemory?.now),
      await diskFigure(join(dir, 'engine'), filled.spans, filled.bytes),
    ],
  }
}

async function diskFigure(dir: string, spans: number, sent: number): Promise<Figure> {
  const tables: Disk = await ask('./disk.ts', { dir })
  const total = tables.reduce((sum, [, bytes]) => sum + bytes, 0)
  const a = (bytes: number) => bytes / spans
  return {
    name: 'disk for a span',
    unit: 'bytes',
    measured: a(total),
    note: 'parts in force; merged ones stay eight minutes',
    details: {
      sent: a(sent),
      whole_directory: a(bytesIn(dir)),
      ...Object.fromEntries(tables.map(([table, bytes]) => [table, a(bytes)])),
    },
  }
}
