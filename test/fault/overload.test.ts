import { spawn } from 'node:child_process'
import { json } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { API_KEY, newTraceId, rowId } from '../support/heed.ts'
import { Product } from '../support/product.ts'
import { FLOOD_ROWS } from './flood-size.ts'

const SECONDS = Number(process.env.HEED_FAULT_FLOOD_SECONDS ?? 30)
const PROCESSES = 2
/**
 * Bodies of about 1 MB that each process wants to send at once: all together sixteen times the room that there is.
 * The loop is closed, each connection sends its next body when the last one is answered, so the offered rate
 * is no goal: it is what is accepted and what is refused, and the test says how they compare.
 */
const CONNECTIONS = 200
/** How many times what is accepted must at least be offered, for this to be a flood. */
const OFFERED_MIN = 2
/** How long a body waits for room before it is refused: two seconds, by a timer that may be a little early. */
const WAIT_MS_MIN = 1_950
/** What no refusal and no vote may take: a bound for being stuck, not a measure of speed. */
const STUCK_MS = 20_000
const RSS_BYTES_MAX = 1.5 * 2 ** 30
const PROJECT = 'flooded'

let product: Product
beforeAll(async () => {
  product = await Product.start()
})
afterAll(() => product?.stop())

interface Flooded {
  traces: string[]
  acceptedMs: number[]
  refusedMs: number[]
  wrong: string[]
  cut: number
}

function flood(): Promise<Flooded> {
  const script = fileURLToPath(new URL('flood.ts', import.meta.url))
  const args = [product.url, PROJECT, String(CONNECTIONS), String(SECONDS)]
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return json(child.stdout) as Promise<Flooded>
}

test(`${SECONDS} s of a flood: memory stays bounded, what is refused waited and says so, votes go on, what is acknowledged is there`, async () => {
  const voteMs: number[] = []
  let rssMax = 0
  let isOver = false
  const watching = (async () => {
    while (!isOver) {
      rssMax = Math.max(rssMax, product.residentBytes)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  })()
  const voting = (async () => {
    while (!isOver) {
      const feedback = [{ id: rowId(newTraceId(), 1), scores: { s: 1 } }]
      const begun = performance.now()
      const response = await fetch(`${product.url}/v1/feedback`, {
        method: 'POST',
        headers: { authorization: `Bearer ${API_KEY}` },
        body: JSON.stringify({ project_name: PROJECT, feedback }),
      })
      expect(response.status).toBe(201)
      await response.arrayBuffer()
      voteMs.push(performance.now() - begun)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  })()
  const results = await Promise.all(Array.from({ length: PROCESSES }, flood))
  isOver = true
  await Promise.all([watching, voting])

  const all = <T>(of: (one: Flooded) => T[]) => results.flatMap(of)
  const acknowledged = all((one) => one.traces)
  const [accepted, refused] = [all((one) => one.acceptedMs), all((one) => one.refusedMs)]
  const offered = (accepted.length + refused.length) / accepted.length
  const cut = results.reduce((sum, one) => sum + one.cut, 0)
  console.log(
    `offered ${offered.toFixed(1)} times what was accepted: ${accepted.length} requests accepted (${Math.round((accepted.length * FLOOD_ROWS) / SECONDS)} spans/s, ` +
      `p50 ${at(accepted, 0.5)} ms, p99 ${at(accepted, 0.99)} ms), ${refused.length} refused (after p50 ${at(refused, 0.5)} ms), ${cut} cut; ` +
      `${voteMs.length} votes meanwhile p50 ${at(voteMs, 0.5)} ms, p99 ${at(voteMs, 0.99)} ms; ` +
      `resident memory at most ${Math.round(rssMax / 2 ** 20)} MB`,
  )
  expect(all((one) => one.wrong)).toEqual([])
  const stored = new Map<string, number>()
  let cursor: string | null = ''
  while (cursor !== null) {
    const query = { project_name: PROJECT, limit: '200', ...(cursor && { cursor }) }
    const { body } = await product.get('/v1/traces', query)
    for (const { trace_id, span_count } of body.traces) {
      expect(stored.has(trace_id)).toBe(false)
      stored.set(trace_id, span_count)
    }
    cursor = body.cursor
  }
  expect(acknowledged.filter((id) => stored.get(id) !== FLOOD_ROWS)).toEqual([])
  expect(cut).toBeLessThan(refused.length / 100)
  expect(offered).toBeGreaterThan(OFFERED_MIN)
  expect(Math.min(...refused)).toBeGreaterThan(WAIT_MS_MIN)
  expect(Math.max(...refused, ...voteMs)).toBeLessThan(STUCK_MS)
  expect(voteMs.length).toBeGreaterThan(SECONDS / 2)
  expect(rssMax).toBeLessThan(RSS_BYTES_MAX)
})

/** A quantile, in whole milliseconds. */
function at(values: readonly number[], quantile: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return Math.round(sorted[Math.floor(sorted.length * quantile)] ?? Number.NaN)
}
