import { spawnSync } from 'node:child_process'
import { Agent } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { API_KEY, newTraceId, rowId } from '../support/heed.ts'
import { Product } from '../support/product.ts'
import { exchange, type Outcome } from './exchange.ts'

const ROUNDS = 5
const WRITERS = 12
const READERS = 2
const PROJECT = 'stopped'

const READS = {
  traces: { limit: '50' },
  spans: { limit: '50', filter: 'input ~ "needle"' },
}

let product: Product
beforeAll(async () => {
  product = await Product.start()
  await product.post('/logs3', { project_name: PROJECT, rows: [{ id: rowId(newTraceId(), 1) }] })
})
afterAll(() => product?.stop())

/** A number of requests by what became of them. */
class Tally {
  readonly counts = { done: 0, refused: 0, unconnected: 0, unread: 0, stale: 0 }
  readonly wrong: string[] = []
  isStopping = false

  /** True when it was done. What is neither done nor, once stopping, allowed is noted as wrong. */
  note(what: string, outcome: Outcome): boolean {
    if (outcome.kind !== 'answered') {
      if (!this.isStopping || outcome.kind === 'torn') {
        this.wrong.push(`${what}: ${JSON.stringify(outcome)}`)
      } else this.counts[outcome.kind] += 1
      return false
    }
    const { status, retryAfter, text } = outcome
    const isDone = status === 200
    const isRefused = status === 503 && retryAfter === '1' && text.includes('"shutting_down"')
    if (isDone) this.counts.done += 1
    else if (isRefused && this.isStopping) this.counts.refused += 1
    else this.wrong.push(`${what}: ${status} ${text}`)
    return isDone
  }
}

test('a stop under load finishes every request or refuses it by name or by connection, and nothing acknowledged is missing', async () => {
  const acknowledged = new Set<string>()
  const acknowledgedFeedback = new Set<string>()
  const unacknowledged = new Set<string>()
  const tallies = { writes: new Tally(), reads: new Tally(), live: new Tally() }
  let slowestMs = 0
  for (let round = 0; round < ROUNDS; round++) {
    for (const tally of Object.values(tallies)) tally.isStopping = false
    /** Asks until the port is closed. */
    const untilClosed = async (ask: () => Promise<Outcome>) => {
      let outcome: Outcome
      do {
        outcome = await ask()
        if (outcome.kind === 'answered' && outcome.status !== 200) await pause(20)
      } while (outcome.kind === 'answered' || outcome.kind === 'unread' || outcome.kind === 'stale')
    }
    const write = async (agent: Agent | undefined) => {
      const ids = Array.from({ length: 20 }, () => rowId(newTraceId(), 1))
      const rows = ids.map((id) => ({ id, input: `needle ${'x'.repeat(2000)}` }))
      const feedback_id = crypto.randomUUID()
      const feedback = [{ id: ids[0], feedback_id, scores: { s: 1 } }]
      const body = JSON.stringify({ project_name: PROJECT, rows, feedback })
      const outcome = await exchange(`${product.url}/logs3`, { body, ...(agent && { agent }) })
      if (tallies.writes.note('a write', outcome)) {
        for (const id of ids) acknowledged.add(id)
        acknowledgedFeedback.add(feedback_id)
      } else for (const id of ids) unacknowledged.add(id)
      return outcome
    }
    const read = async (list: keyof typeof READS) => {
      const query = new URLSearchParams({ project_name: PROJECT, ...READS[list] })
      const outcome = await exchange(`${product.url}/v1/${list}?${query}`)
      tallies.reads.note(`a read of ${list}`, outcome)
      return outcome
    }
    const watch = async () => {
      const query = new URLSearchParams({ project_name: PROJECT })
      const outcome = await exchange(`${product.url}/v1/live?${query}`)
      const isWhole = tallies.live.note('the live stream', outcome) && tallies.live.isStopping
      if (!isWhole || !('text' in outcome && outcome.text.includes('event: change')))
        tallies.live.wrong.push(`a stream ended early or empty: ${JSON.stringify(outcome)}`)
    }
    const agent = new Agent({ keepAlive: true })
    const clients = [
      watch(),
      ...Array.from({ length: WRITERS }, (_, n) =>
        untilClosed(() => write(n % 2 === 0 ? agent : undefined)),
      ),
      ...Array.from({ length: READERS }, () => untilClosed(() => read('traces'))),
      ...Array.from({ length: READERS }, () => untilClosed(() => read('spans'))),
    ]
    const before = tallies.writes.counts.done
    await expect.poll(() => tallies.writes.counts.done, { timeout: 10_000 }).toBeGreaterThan(before)
    await pause(100 + Math.random() * 1000)
    for (const tally of Object.values(tallies)) tally.isStopping = true
    const begun = performance.now()
    expect(await product.end('SIGTERM')).toBe(0)
    slowestMs = Math.max(slowestMs, performance.now() - begun)
    await Promise.all(clients)
    agent.destroy()
    await product.start()
  }
  const told = Object.entries(tallies).map(([of, { counts }]) => `${of} ${JSON.stringify(counts)}`)
  console.log(`${ROUNDS} stops: ${told.join(', ')}, the slowest ${Math.round(slowestMs)} ms`)
  const stored = new Set((await all('traces')).map((trace) => trace.id))
  const judged = new Set((await all('feedback')).map((event) => event.feedback_id))
  expect({
    wrong: Object.values(tallies).flatMap(({ wrong }) => wrong),
    lost: [...acknowledged].filter((id) => !stored.has(id)),
    lostFeedback: [...acknowledgedFeedback].filter((id) => !judged.has(id)),
    // It was taken, and its answer never came.
    tornWrites: [...unacknowledged].filter((id) => stored.has(id)),
  }).toEqual({ wrong: [], lost: [], lostFeedback: [], tornWrites: [] })
  expect(tallies.live.counts.done).toBe(ROUNDS)
  for (const { counts } of [tallies.writes, tallies.reads]) {
    expect(counts.done).toBeGreaterThan(ROUNDS)
    expect(counts.refused).toBeGreaterThan(0)
  }
  // Only who knocks just when the port closes is reset; everybody else hears why.
  const knocked = tallies.writes.counts.unread + tallies.reads.counts.unread
  const clients = ROUNDS * (WRITERS + 2 * READERS)
  expect(knocked + tallies.writes.counts.stale).toBeLessThan(clients / 10)
  expect(slowestMs).toBeLessThan(10_000)
})

/** Every item of a list, page by page. */
async function all(list: 'traces' | 'feedback') {
  const items: ReturnType<typeof JSON.parse>[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const query = { project_name: PROJECT, limit: '1000', ...(cursor && { cursor }) }
    const { body } = await product.get(`/v1/${list}`, query)
    items.push(...body[list])
    cursor = body.cursor
  }
  return items
}

test('a second server on the directory is refused with advice, and the first goes on', async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/cli/start.js'], {
    cwd: root,
    env: { ...process.env, HEED_DATA_DIR: product.dataDir, HEED_PORT: '0', HEED_API_KEY: API_KEY },
    encoding: 'utf8',
  })
  expect([status, stdout]).toEqual([1, ''])
  // The engine may say a line of its own before.
  expect(stderr.trim().split('\n').at(-1)).toMatch(
    `heed: ${product.dataDir}/engine is in use by another Heed (process ${product.pid}).`,
  )
  expect(stderr).not.toContain('    at ')
  expect((await product.get('/healthz')).status).toBe(200)
})
