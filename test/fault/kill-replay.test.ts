import { fileURLToPath } from 'node:url'
import type { Fetch } from 'heed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { replay } from '../../src/cli/replay.ts'
import { API_KEY } from '../support/heed.ts'
import { Product } from '../support/product.ts'

const FILE = fileURLToPath(
  new URL('../../../shared/data/agent-runs/airline.jsonl', import.meta.url),
)
const KILLS = 20

let product: Product
beforeAll(async () => {
  product = await Product.start()
})
afterAll(() => product?.stop())

test('a replay goes through 20 kills of its server: nothing acknowledged is missing, nothing is twice', async () => {
  process.env.HEED_API_KEY = API_KEY
  const acknowledged = { rows: new Set<string>(), feedback: new Set<string>() }
  const noting: Fetch = async (url, init) => {
    const response = await fetch(url, init)
    const sent = JSON.parse(await plain(init))
    if (response.status === 200) {
      for (const row of sent.rows) acknowledged.rows.add(row.id)
      for (const event of sent.feedback) acknowledged.feedback.add(event.feedback_id)
    }
    return response
  }
  let isOver = false
  const replaying = replay(
    { file: FILE, speed: 6, project: 'killed', score: 'resolved', url: product.url },
    { write: () => {}, isTerminal: false, fetch: noting },
  ).finally(() => {
    isOver = true
  })
  let kills = 0
  // A replay gives up when its first run finds no server.
  await expect.poll(() => acknowledged.rows.size, { timeout: 20_000 }).toBeGreaterThan(0)
  while (!isOver && kills < KILLS) {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 600))
    await product.end('SIGKILL')
    await product.start()
    kills++
  }
  const { runs, verdicts, spans, meanReward, stats } = await replaying
  expect(kills).toBe(KILLS)
  expect({ runs, verdicts, rejected: stats.rejected, dropped: stats.dropped }).toEqual({
    runs: 150,
    verdicts: 150,
    rejected: 0,
    dropped: 0,
  })

  const project = { project_name: 'killed' }
  const { body: page } = await product.get('/v1/traces', { ...project, limit: '1000' })
  expect(page.traces).toHaveLength(150)
  const stored = new Set<string>()
  for (const { trace_id } of page.traces) {
    const { body } = await product.get(`/v1/traces/${trace_id}`, project)
    for (const { id } of body.spans) {
      expect(stored.has(id)).toBe(false)
      stored.add(id)
    }
  }
  expect([...acknowledged.rows].filter((id) => !stored.has(id))).toEqual([])
  expect(stored.size).toBe(spans)
  const { body: ledger } = await product.get('/v1/feedback', { ...project, limit: '1000' })
  const ids = ledger.feedback.map((event: { feedback_id: string }) => event.feedback_id)
  expect(ids).toHaveLength(150)
  expect([...acknowledged.feedback].filter((id) => !ids.includes(id))).toEqual([])
  const { body: scores } = await product.get('/v1/scores', project)
  expect(scores.scores).toEqual([{ name: 'resolved', mean: meanReward, n: 150 }])
  console.log(
    `${kills} kills: ${spans} spans and ${verdicts} verdicts, all there, ${stats.retried} retries`,
  )
}, 300_000)

async function plain(init: Parameters<Fetch>[1]): Promise<string> {
  const stream = new Blob([init.body]).stream()
  const isGzip = init.headers['content-encoding'] === 'gzip'
  return new Response(isGzip ? stream.pipeThrough(new DecompressionStream('gzip')) : stream).text()
}
