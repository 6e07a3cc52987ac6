import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { API_KEY, newTraceId, rowId } from '../support/heed.ts'
import { Product } from '../support/product.ts'

const ROUNDS = 5
const CLIENTS = 12
const PROJECT = 'stopped'

let product: Product
beforeAll(async () => {
  product = await Product.start()
})
afterAll(() => product?.stop())

test('a stop under load finishes or refuses every request, and nothing acknowledged is missing', async () => {
  const acknowledged = new Set<string>()
  const outcomes = { stored: 0, refused: 0, cut: 0 }
  let slowestMs = 0
  for (let round = 0; round < ROUNDS; round++) {
    let isStopping = false
    const client = async () => {
      for (;;) {
        const ids = Array.from({ length: 20 }, () => rowId(newTraceId(), 1))
        const rows = ids.map((id) => ({ id, input: 'x'.repeat(2000) }))
        const feedback = [{ id: ids[0], feedback_id: ids[0], scores: { s: 1 } }]
        let response: Response
        try {
          response = await fetch(`${product.url}/logs3`, {
            method: 'POST',
            headers: { authorization: `Bearer ${API_KEY}` },
            body: JSON.stringify({ project_name: PROJECT, rows, feedback }),
          })
        } catch {
          // A closed port or connection: only while it stops, and then nothing was promised.
          expect(isStopping).toBe(true)
          outcomes.cut += 1
          return
        }
        const body = (await response.json()) as { error?: { code: string } }
        if (response.status === 503) {
          expect([body.error?.code, response.headers.get('retry-after')]).toEqual([
            'shutting_down',
            '1',
          ])
          outcomes.refused += 1
          return
        }
        expect(response.status).toBe(200)
        for (const id of ids) acknowledged.add(id)
        outcomes.stored += 1
      }
    }
    const clients = Array.from({ length: CLIENTS }, client)
    await new Promise((resolve) => setTimeout(resolve, 500 + Math.random() * 1000))
    isStopping = true
    const begun = performance.now()
    expect(await product.end('SIGTERM')).toBe(0)
    slowestMs = Math.max(slowestMs, performance.now() - begun)
    await Promise.all(clients)
    await product.start()
  }
  const stored = new Set<string>()
  const judged = new Set<string>()
  for (const [list, seen] of [
    ['traces', stored],
    ['feedback', judged],
  ] as const) {
    let cursor: string | null = ''
    while (cursor !== null) {
      const query = { project_name: PROJECT, limit: '1000', ...(cursor && { cursor }) }
      const { body } = await product.get(`/v1/${list}`, query)
      for (const { id } of body[list]) seen.add(id)
      cursor = body.cursor
    }
  }
  console.log(
    `${ROUNDS} stops: ${JSON.stringify(outcomes)}, the slowest ${Math.round(slowestMs)} ms`,
  )
  expect([...acknowledged].filter((id) => !stored.has(id))).toEqual([])
  expect(judged.size).toBeGreaterThanOrEqual(outcomes.stored)
  expect(slowestMs).toBeLessThan(10_000)
})

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
