import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Received } from './fake-server.ts'

let answer = { status: 200, body: '{"rejected":[]}' }
const rows: Received[] = []
const server = createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray())
  const json = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
  rows.push(...JSON.parse(json.toString()).rows)
  response.writeHead(answer.status).end(answer.body)
})

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => void server.close())

/** Runs a program with a logger to its natural end. */
async function run(program: string): Promise<{ code: number; tookMs: number; stderr: string }> {
  const { port } = server.address() as AddressInfo
  const script = `
    import { initLogger } from ${JSON.stringify(new URL('./node.ts', import.meta.url).href)}
    const logger = initLogger({ projectName: 'p', url: 'http://127.0.0.1:${port}', flushIntervalMs: 60_000 })
    ${program}`
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'pipe'] })
  let stderr = ''
  child.stderr.on('data', (text) => {
    stderr += text
  })
  const startedMs = Date.now()
  const [code] = await once(child, 'exit')
  return { code, tookMs: Date.now() - startedMs, stderr }
}

test('a process that runs to its end has sent everything', async () => {
  rows.length = 0
  const { code } = await run('for (let n = 0; n < 2500; n++) logger.log({ input: n })')
  expect(code).toBe(0)
  expect(rows.map((row) => row.input)).toEqual(Array.from({ length: 2500 }, (_, n) => n))
})

test('a server that answers badly holds up an exit for a few seconds, not for ever', async () => {
  answer = { status: 503, body: '' }
  const { code, tookMs, stderr } = await run('logger.log({ input: 1 })')
  expect(code).toBe(0)
  expect(tookMs).toBeGreaterThan(4500)
  expect(tookMs).toBeLessThan(15_000)
  expect(stderr.match(/heed:/g)).toHaveLength(1)
  expect(stderr).toContain('HTTP 503')
})
