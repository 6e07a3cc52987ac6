import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { API_KEY } from '../../test/support/heed.ts'
import { freePort, Product } from '../../test/support/product.ts'

const PROJECT = { project_name: 'support-bot' }
const TRACE_ID = '0192f0c1a2b37c4d8e5f00112233445a'

let product: Product
let app: ChildProcess
let appUrl: string
let output = ''

beforeAll(async () => {
  product = await Product.start()
  const bind = `127.0.0.1:${await freePort()}`
  appUrl = `http://${bind}`
  const gunicorn = ['-m', 'gunicorn', 'app:app', '--bind', bind, '--workers', '2', '--preload']
  app = spawn(process.env.HEED_TEST_FLASK ?? 'python3', gunicorn, {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: {
      ...process.env,
      PYTHONPATH: fileURLToPath(new URL('../../sdk/python/src', import.meta.url)),
      HEED_URL: product.url,
      HEED_API_KEY: API_KEY,
    },
  })
  await new Promise<void>((resolve, reject) => {
    app.once('exit', () => reject(new Error(`gunicorn ended: ${output}`)))
    app.stderr?.on('data', (chunk) => {
      output += chunk
      if (output.split('Booting worker').length === 3) resolve()
    })
  })
}, 60_000)
afterAll(async () => {
  if (app) await stopApp()
  await product?.stop()
})

/** As a deployment ends it. */
async function stopApp(): Promise<void> {
  if (app.exitCode !== null || app.signalCode !== null) return
  const ended = new Promise((resolve) => app.once('exit', resolve))
  app.kill('SIGTERM')
  await ended
}

/** Posts JSON on a connection of its own, so that either worker may take it. */
async function post(path: string, body: object, headers: Record<string, string> = {}) {
  const response = await fetch(`${appUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close', ...headers },
    body: JSON.stringify(body),
  })
  // Any JSON: the test states what it expects of it.
  const answer: ReturnType<typeof JSON.parse> = await response.json()
  return { status: response.status, body: answer }
}

test('answers and votes of forked workers meet in one trace, and a stop loses none', async () => {
  const traceparent = `00-${TRACE_ID}-00f067aa0ba902b7-01`
  const asked = { question: 'Can I get a refund of my yearly plan?', user: 'ann' }
  const { body } = await post('/chat', asked, { traceparent })
  expect(body.answer).toContain('refund')
  expect(body.requestId).toContain(TRACE_ID)
  for (let voter = 0; voter < 10; voter++) {
    const vote = { requestId: body.requestId, user: `u${voter}`, scores: { helpful: voter % 2 } }
    expect((await post('/feedback', vote)).status).toBe(200)
  }
  await post('/feedback', { requestId: body.requestId, user: 'last', comment: 'a last word' })
  await stopApp()
  const { body: trace } = await product.get(`/v1/traces/${TRACE_ID}`, PROJECT)
  const names = trace.spans.map((span: { name: string }) => span.name)
  expect(names).toEqual(['chat', 'retrieve', 'compose'])
  expect(trace.scores).toEqual([{ name: 'helpful', mean: 0.5, n: 10 }])
  expect(trace.comments).toMatchObject([{ user: 'last', text: 'a last word' }])
})
