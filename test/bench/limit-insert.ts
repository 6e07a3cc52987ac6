// In a process of its own: rows of the same data, inserted straight into the same tables.
import { openClickHouse } from '../../src/storage/clickhouse.ts'
import { fold } from '../../src/storage/fold.ts'
import { migrate } from '../../src/storage/migrate.ts'
import { payloadColumns } from '../../src/storage/payload-row.ts'
import { placeTime, spanColumns } from '../../src/storage/span-row.ts'
import { answer } from './child.ts'
import { type Plan, traces } from './data.ts'
import { spread, timed } from './figure.ts'
import type { MadeRow } from './spans.ts'

export interface InsertLimit {
  readonly spansPerSecond: number
  readonly spans: number
  /** CPU of the process while it inserted, µs. */
  readonly cpuMicrosASpan: number
  /** p50 and p99 of one row into both tables, ms. */
  readonly loneMs: { readonly p50: number; readonly p99: number }
}

/** What one insert carries, in bytes of both tables: as the server commits. */
const BATCH_BYTES = 16 * 2 ** 20
const LONE = 200
const PROJECT_ID = '00000000-0000-4000-8000-000000000000'

interface Batch {
  readonly spans: string
  readonly payloads: string
}

await answer<{ dir: string; plan: Plan }, InsertLimit>(async ({ dir, plan }) => {
  const ch = await openClickHouse({ dir, memoryBytesMax: 2 ** 30, statementsMax: 16 })
  await migrate(ch)
  // Not `insert`, which would make the text within the time: this is what the engine alone takes.
  const put = (table: string, text: string) =>
    ch.exec({ strings: [`INSERT INTO ${table} FORMAT JSONEachRow\n${text}`], values: [] })
  const insert = (batch: Batch) =>
    Promise.all([put('payloads', batch.payloads), put('spans', batch.spans)])
  const made = [...traces(plan)].flatMap((trace) => trace.rows)
  const batches = [...inBatches(made.slice(LONE))]
  const before = process.cpuUsage()
  const { ms } = await timed(async () => {
    for (const batch of batches) await insert(batch)
  })
  const cpu = process.cpuUsage(before)
  const loneMs: number[] = []
  for (const row of made.slice(0, LONE)) {
    for (const batch of inBatches([row])) loneMs.push((await timed(() => insert(batch))).ms)
  }
  await ch.close()
  const spans = made.length - LONE
  return {
    spansPerSecond: (spans / ms) * 1000,
    spans,
    cpuMicrosASpan: (cpu.user + cpu.system) / spans,
    loneMs: spread(loneMs),
  }
})

function* inBatches(rows: readonly MadeRow[]): Generator<Batch> {
  let spans: string[] = []
  let payloads: string[] = []
  let bytes = 0
  for (const row of rows) {
    const [span, payload] = columns(row)
    spans.push(span)
    payloads.push(payload)
    bytes += span.length + payload.length
    if (bytes < BATCH_BYTES) continue
    yield { spans: spans.join('\n'), payloads: payloads.join('\n') }
    spans = []
    payloads = []
    bytes = 0
  }
  if (spans.length > 0) {
    yield { spans: spans.join('\n'), payloads: payloads.join('\n') }
  }
}

/** The row of each table, as JSON text. */
function columns(row: MadeRow): [span: string, payload: string] {
  const wire = JSON.parse(JSON.stringify(row))
  const at = Date.parse(row.created) * 1000
  const folded = fold([{ kind: 'whole', at, arrivedAt: at, row: wire }])
  const place = { projectId: PROJECT_ID, id: row.id, time: placeTime(row.id, wire, at) }
  return [
    JSON.stringify(spanColumns(place, folded, false, '1')),
    JSON.stringify(payloadColumns(place, folded, '1')),
  ]
}
