import { pack } from './bodies.ts'
import { ask } from './child.ts'
import type { Client } from './client.ts'
import { type Plan, traces } from './data.ts'
import { type Figure, figuresOf, spread, timed } from './figure.ts'
import type { InsertLimit } from './limit-insert.ts'
import type { Filled } from './load.ts'
import { tell } from './progress.ts'
import type { MadeRow } from './spans.ts'

const LONE = 200
const TWO_PARTS_SPANS = 20_000
const TWO_PARTS_ROWS = 100

/** How many rows the limit is measured with at most: beyond it the rate stays the same. */
const LIMIT_SPANS = 100_000

/** What the engine alone takes of the same rows, in a fresh directory. */
export function insertLimit(dir: string, plan: Plan): Promise<InsertLimit> {
  tell('the limit: raw inserts of the same rows')
  return ask('./limit-insert.ts', {
    dir,
    plan: { ...plan, spans: Math.min(plan.spans, LIMIT_SPANS) },
  })
}

/** The fill as figures. */
export function fillFigures(filled: Filled, limit: InsertLimit): Figure[] {
  const rate = filled.spans / filled.seconds
  const { p50, p99 } = spread(filled.requestMs)
  return [
    {
      name: 'ingest over HTTP',
      unit: 'spans/s',
      measured: rate,
      limit: limit.spansPerSecond,
      details: {
        spans: filled.spans,
        feedback: filled.feedback,
        seconds: filled.seconds,
        megabytes_per_second: filled.bytes / 1e6 / filled.seconds,
        retries: filled.retries,
        request_p50_ms: p50,
        request_p99_ms: p99,
        generator_cores: filled.generatorCores,
        ...(filled.productCpu !== null && {
          product_cores: filled.productCpu / filled.seconds,
          product_cpu_us_a_span: (filled.productCpu / filled.spans) * 1e6,
        }),
        limit_spans: limit.spans,
        limit_cpu_us_a_span: limit.cpuMicrosASpan,
      },
    },
    {
      name: 'ingest, share of the raw insert',
      unit: 'share',
      measured: rate / limit.spansPerSecond,
    },
  ]
}

/** Single requests, one after another, while nothing else happens. */
export async function measureLone(
  client: Client,
  plan: Plan,
  limit: InsertLimit | undefined,
): Promise<Figure[]> {
  tell('lone requests')
  const rows = [...traces({ ...plan, spans: LONE * 11 })].flatMap((trace) => trace.rows)
  const lone = async (count: number, from: number) => {
    const times: number[] = []
    for (let n = 0; n < LONE; n++) {
      const at = from + n * count
      const body = pack(
        rows.slice(at, at + count).map((row) => JSON.stringify(row)),
        [],
      )
      times.push((await timed(() => client.deliver(body))).ms)
    }
    return times
  }
  const one = figuresOf('lone request of 1 span', 'ms', await lone(1, 0), ['p50', 'p99'])
  const ten = figuresOf('lone request of 10 spans', 'ms', await lone(10, LONE), ['p50', 'p99'])
  const limits = [limit?.loneMs.p50 ?? null, limit?.loneMs.p99 ?? null]
  return [...one.map((figure, i) => ({ ...figure, limit: limits[i] ?? null })), ...ten]
}

/**
 * Spans that last longer than the SDK waits are sent at their begin and, as a change, at their end:
 * so the server folds each of them. One after the other, eight requests at a time.
 */
export async function measureTwoParts(client: Client, plan: Plan): Promise<Figure[]> {
  tell('spans in two parts')
  const spans = Math.min(TWO_PARTS_SPANS, plan.spans)
  const rows = [...traces({ ...plan, spans })].flatMap((trace) => trace.rows)
  const bodies = [...inGroups(rows, TWO_PARTS_ROWS)].flatMap((group) => [
    pack(group.map(begin), []),
    pack(group.map(end), []),
  ])
  let next = 0
  const { ms } = await timed(() =>
    Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let body = bodies[next++]; body; body = bodies[next++]) await client.deliver(body)
      }),
    ),
  )
  return [
    {
      name: 'ingest, begin and end apart',
      unit: 'spans/s',
      measured: (rows.length / ms) * 1000,
      details: { spans: rows.length, requests: bodies.length },
    },
  ]
}

/** What the SDK knows when a span begins, and what it adds when it ends. */
const begin = ({ output, error, scores, ...row }: MadeRow) =>
  JSON.stringify({ ...row, metrics: { start: row.metrics.start } })

const end = ({ id, span_id, root_span_id, created, output, error, scores, metrics }: MadeRow) =>
  JSON.stringify({
    id,
    span_id,
    root_span_id,
    created: later(created),
    _is_merge: true,
    output,
    error,
    scores,
    metrics,
  })

/** A millisecond after. */
const later = (iso: string) => new Date(Date.parse(iso) + 1).toISOString()

function* inGroups<T>(list: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < list.length; at += size) yield list.slice(at, at + size)
}
