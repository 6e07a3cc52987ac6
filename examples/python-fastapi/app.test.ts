import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../../test/support/browser.ts'
import { API_KEY } from '../../test/support/heed.ts'
import { freePort, Product } from '../../test/support/product.ts'

let product: Product
let browser: Awaited<ReturnType<typeof openBrowser>>
let app: ChildProcess
let appUrl: string
let output = ''

beforeAll(async () => {
  product = await Product.start()
  browser = await openBrowser()
  const port = await freePort()
  appUrl = `http://127.0.0.1:${port}`
  const uvicorn = ['-m', 'uvicorn', 'app:app', '--port', String(port), '--workers', '2']
  app = spawn(process.env.HEED_TEST_FASTAPI ?? 'python3', uvicorn, {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: {
      ...process.env,
      PYTHONPATH: fileURLToPath(new URL('../../sdk/python/src', import.meta.url)),
      HEED_URL: product.url,
      HEED_API_KEY: API_KEY,
    },
  })
  await new Promise<void>((resolve, reject) => {
    app.once('exit', () => reject(new Error(`uvicorn ended: ${output}`)))
    app.stderr?.on('data', (chunk) => {
      output += chunk
      if (output.split('Application startup complete').length === 3) resolve()
    })
  })
}, 60_000)
afterAll(async () => {
  if (app) await stopApp()
  await browser?.close()
  await product?.stop()
})

/** As a deployment ends it. */
async function stopApp(): Promise<void> {
  if (app.exitCode !== null || app.signalCode !== null) return
  const ended = new Promise((resolve) => app.once('exit', resolve))
  app.kill('SIGTERM')
  await ended
}

test('a vote given in a browser to an app of two workers is seen live in the dashboard', async () => {
  const dashboard = await browser.context.newPage()
  dashboard.setDefaultTimeout(15_000)
  const [link = ''] = /http\S+signin\S+/.exec(product.output) ?? []
  await dashboard.goto(link)
  await dashboard.waitForURL('**/app/default')

  const chat = await browser.context.newPage()
  chat.setDefaultTimeout(15_000)
  await chat.goto(appUrl)
  await chat.getByLabel('Your question').fill('Can I get a refund of my yearly plan?')
  await chat.getByRole('button', { name: 'Ask' }).click()
  await chat.getByRole('button', { name: 'Helpful', exact: true }).waitFor()

  await dashboard.goto(`${product.url}/app/default/p/support-bot/logs`)
  await dashboard.getByText('Can I get a refund of my yearly plan?').first().waitFor()
  await dashboard.evaluate("document.body.setAttribute('data-same-load', '')")
  const shown = (mean: number, n: number) =>
    dashboard.locator(`[data-score="helpful"][data-mean="${mean}"][data-n="${n}"]`).first()

  await chat.getByRole('button', { name: 'Helpful', exact: true }).click()
  await shown(1, 1).waitFor()
  await chat.getByRole('button', { name: 'Not helpful' }).click()
  await shown(0, 1).waitFor()
  // Nine more people in Chromium judge the same answer, all at once.
  const requestId = await rootId('Can I get a refund of my yearly plan?')
  await chat.evaluate(
    ([id]) =>
      Promise.all(
        Array.from({ length: 9 }, (_, voter) =>
          fetch('/feedback', {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ requestId: id, user: `u${voter}`, scores: { helpful: 1 } }),
          }),
        ),
      ).then(() => undefined),
    [requestId],
  )
  await shown(0.9, 10).waitFor()
  expect(await dashboard.locator('body[data-same-load]').count()).toBe(1)

  const { body: trace } = await product.get(`/v1/traces/${requestId.split('-')[0]}`, {
    project_name: 'support-bot',
  })
  const names = trace.spans.map((span: { name: string }) => span.name)
  expect(names).toEqual(['chat', 'retrieve', 'compose'])
  if (process.env.HEED_TEST_SHOTS) {
    await dashboard.screenshot({ path: `${process.env.HEED_TEST_SHOTS}/python-fastapi.png` })
  }
})

/** The row id of the trace that a question began. */
async function rootId(question: string): Promise<string> {
  const { body } = await product.get('/v1/traces', {
    project_name: 'support-bot',
    limit: '1000',
  })
  return body.traces.find((trace: { input: string }) => trace.input.includes(question)).id
}

/** The processes that the spans, or the votes, of the app say they come from. */
async function workers(of: 'spans' | 'feedback'): Promise<number[]> {
  const { body } = await product.get('/v1/groups', {
    project_name: 'support-bot',
    of,
    by: 'metadata.worker',
    filter: 'metadata.worker exists',
  })
  const named = body.groups.map((group: { by: { value: string }[] }) => Number(group.by[0]?.value))
  return named.sort((a: number, b: number) => a - b)
}

test('both workers answer and take votes, also of what the other answered', async () => {
  const started = [...output.matchAll(/Started server process \[(\d+)\]/g)].map((m) => Number(m[1]))
  started.sort((a, b) => a - b)
  expect(new Set(started).size).toBe(2)
  const requestId = await rootId('Can I get a refund of my yearly plan?')
  const post = (path: string, body: object) =>
    fetch(`${appUrl}${path}`, {
      method: 'POST',
      // Each on a connection of its own, so that either worker may take it.
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify(body),
    })
  await expect
    .poll(
      async () => {
        const asked = Array.from({ length: 20 }, (_, n) => [
          post('/chat', { question: `Who can see my photos? ${n}` }),
          post('/feedback', { requestId, user: `w${n}`, scores: { seen: 1 } }),
        ])
        await Promise.all(asked.flat())
        return [await workers('spans'), await workers('feedback')]
      },
      { timeout: 30_000, interval: 300 },
    )
    .toEqual([started, started])
})

test('feedback without an id is refused with a sentence', async () => {
  const response = await fetch(`${appUrl}/feedback`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ scores: { helpful: 1 } }),
  })
  expect(response.status).toBe(400)
  expect(await response.json()).toEqual({ error: 'requestId is needed' })
})

test('a stop of the app loses nothing that was voted', async () => {
  const id = await rootId('Can I get a refund of my yearly plan?')
  await fetch(`${appUrl}/feedback`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ requestId: id, user: 'last', comment: 'a last word' }),
  })
  await stopApp()
  const { body } = await product.get('/v1/feedback', { project_name: 'support-bot' })
  expect(JSON.stringify(body)).toContain('a last word')
})
