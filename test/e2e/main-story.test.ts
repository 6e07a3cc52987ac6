import { mkdirSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { newProject } from '../support/heed.ts'
import { Product } from '../support/product.ts'
import { call, chatApp } from './chat-app.ts'

declare global {
  interface Window {
    /** Stands as long as the page is not loaded anew. */
    heedTestLoad: boolean
    /** Count shown to the moment when it was first seen, in unix milliseconds. */
    heedSeen: Record<string, number>
  }
}

let product: Product
let browser: Awaited<ReturnType<typeof openBrowser>>
beforeAll(async () => {
  product = await Product.start()
  browser = await openBrowser()
  const page = await browser.context.newPage()
  const [link = ''] = /http\S+signin\S+/.exec(product.output) ?? []
  await page.goto(link)
  await page.waitForURL('**/app/default')
  await page.close()
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await product?.stop()
})

/** Where a failing test leaves what it saw. */
const SHOTS = process.env.HEED_TEST_SHOTS
async function shot(page: Page, name: string) {
  if (!SHOTS) return
  mkdirSync(SHOTS, { recursive: true })
  await page.screenshot({ path: `${SHOTS}/${name}.png` })
}

const logsUrl = (project: string, oid?: string) =>
  `${product.url}/app/default/p/${encodeURIComponent(project)}/logs${oid ? `?oid=${oid}` : ''}`

/** Opens a page that fails the test when it reloads: only live changes may reach it. */
async function open(url: string): Promise<Page> {
  const page = await browser.context.newPage()
  page.setDefaultTimeout(8000)
  await page.goto(url)
  await page.evaluate(() => {
    window.heedTestLoad = true
  })
  return page
}

const isSameLoad = (page: Page) => page.evaluate(() => window.heedTestLoad === true)

/** Waits until some element on the page shows this mean of this score, of this many. */
const seesScore = (page: Page, name: string, mean: number, n: number) =>
  page.waitForFunction(
    ([wantedName, wantedMean, wantedN]) =>
      [...document.querySelectorAll<HTMLElement>(`[data-score="${wantedName}"]`)].some(
        (element) =>
          Math.abs(Number(element.dataset.mean) - Number(wantedMean)) < 1e-9 &&
          Number(element.dataset.n) === wantedN,
      ),
    [name, mean, n] as const,
  )

test('a trace arrives, votes of every kind change the open pages, and a restart changes nothing', async () => {
  const project = newProject()
  const app = chatApp(product.url, project)
  const home = await open(`${product.url}/app/default`)
  await call(app.chat, { question: 'What is the capital of France?' })
  await home.getByRole('link', { name: project }).waitFor()
  expect(await isSameLoad(home)).toBe(true)
  await home.close()

  const list = await open(logsUrl(project))
  const { requestId } = await call(app.chat, { question: 'Capital of France, again?' })
  await list.getByText('Capital of France, again?').first().waitFor()
  const trace = await open(logsUrl(project, requestId))
  await trace.getByText('The answer is Paris.').first().waitFor()
  await trace.getByRole('tree').getByText('retrieve').waitFor()
  await shot(trace, 'trace')

  for (const [user, helpful] of [
    ['ada', 1],
    ['bob', 0],
    ['cyd', 1],
  ] as const) {
    await call(app.feedback, { requestId, user, scores: { helpful } })
  }
  await seesScore(trace, 'helpful', 2 / 3, 3)
  await seesScore(list, 'helpful', 2 / 3, 3)
  for (const [user, helpful] of [
    ['dan', 0.5],
    ['eve', 1],
    ['fay', 0],
  ] as const) {
    await call(app.feedbackAsSpan, {
      requestId,
      user,
      scores: { helpful },
      comment: `${user} says so`,
    })
  }
  await seesScore(trace, 'helpful', 3.5 / 6, 6)
  await seesScore(list, 'helpful', 3.5 / 6, 6)
  for (const user of ['ada', 'bob', 'cyd', 'dan', 'eve', 'fay']) {
    await trace.locator(`[data-judgement][data-user="${user}"]`).first().waitFor()
  }

  await call(app.feedback, { requestId, user: 'bob', scores: { helpful: 1 } })
  await seesScore(trace, 'helpful', 4.5 / 6, 6)
  await call(app.feedback, { requestId, user: 'cyd', scores: { helpful: null } })
  await seesScore(trace, 'helpful', 3.5 / 5, 5)

  await call(app.feedback, {
    requestId,
    user: 'ada',
    comment: 'Say which country it is in.',
    expected: 'Paris, the capital of France.',
    metadata: { screen: 'chat-window' },
    tags: ['tone'],
  })
  await trace.locator('[data-comment]', { hasText: 'Say which country it is in.' }).waitFor()
  const correction = trace.locator('[data-correction]').first()
  await correction.getByText('Expected', { exact: true }).click()
  await correction.getByText('Paris, the capital of France.').waitFor()
  await trace.getByText('chat-window').first().waitFor()
  expect([await isSameLoad(trace), await isSameLoad(list)]).toEqual([true, true])
  await shot(trace, 'trace-judged')
  await shot(list, 'logs')

  await product.end('SIGTERM')
  await product.start()
  await trace.reload()
  await seesScore(trace, 'helpful', 3.5 / 5, 5)
  await list.reload()
  await seesScore(list, 'helpful', 3.5 / 5, 5)
  await call(app.feedback, { requestId, user: 'cyd', scores: { helpful: 1 } })
  await seesScore(trace, 'helpful', 4.5 / 6, 6)
})

test('feedback that comes before its span shows as pending, and attaches on the open page', async () => {
  const project = newProject()
  const app = chatApp(product.url, project)
  const span = app.logger.startSpan({ name: 'late' })
  await call(app.feedback, {
    requestId: span.id,
    user: 'ada',
    scores: { helpful: 1 },
    comment: 'Early',
  })
  const feedback = await open(
    `${product.url}/app/default/p/${encodeURIComponent(project)}/feedback`,
  )
  await feedback.getByText('Early').waitFor()
  await feedback.getByText('Pending', { exact: true }).first().waitFor()
  const trace = await open(logsUrl(project, span.id))
  span.log({ output: 'Here at last' })
  span.end()
  await app.logger.flush()
  await trace.getByText('Here at last').first().waitFor()
  await seesScore(trace, 'helpful', 1, 1)
  await expect.poll(() => feedback.locator('[data-status="pending"]').count()).toBe(0)
  expect([await isSameLoad(trace), await isSameLoad(feedback)]).toEqual([true, true])
})

test('the links of the official SDKs lead to the span', async () => {
  const project = newProject()
  const app = chatApp(product.url, project)
  const { requestId } = await call(app.chat, { question: 'Linked?' })
  const { body } = await product.get('/v1/projects')
  const { id } = body.projects.find((one: { name: string }) => one.name === project)
  const query = `object_type=project_logs&object_id=${id}&id=${requestId}`
  const page = await open(`${product.url}//app/default/object?${query}`)
  await page.getByText('The answer is Paris.').first().waitFor()
  expect(decodeURIComponent(page.url())).toContain(`/app/default/p/${project}/logs?oid=`)
})

test('a filter narrows the list, follows votes live, stands in the address, and tells mistakes', async () => {
  const project = newProject()
  const app = chatApp(product.url, project)
  const liked = await call(app.chat, { question: 'Which one is liked?' })
  const other = await call(app.chat, { question: 'Which one is not?' })
  await call(app.feedback, { requestId: liked.requestId, user: 'u1', scores: { helpful: 1 } })
  await call(app.feedback, { requestId: other.requestId, user: 'u1', scores: { helpful: 0 } })
  const page = await open(logsUrl(project))
  const rows = page.locator('a[data-row]')
  await rows.nth(1).waitFor()

  await page.keyboard.press('/')
  await page.keyboard.type('scores.helpful < "half"')
  await page.getByText('scores.helpful must be compared with a number').waitFor()
  await shot(page, 'filter-mistake')
  await page.getByLabel('Filter').fill('scores.helpful < 0.5')
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.querySelectorAll('a[data-row]').length === 1)
  expect(await page.getByText('Which one is not?').count()).toBe(1)
  await call(app.feedback, { requestId: liked.requestId, user: 'u2', scores: { helpful: 0 } })
  await call(app.feedback, { requestId: liked.requestId, user: 'u3', scores: { helpful: 0 } })
  await page.waitForFunction(() => document.querySelectorAll('a[data-row]').length === 2)
  await shot(page, 'filter')

  await rows.first().click()
  await page.waitForURL(/oid=.*filter=|filter=.*oid=/)
  await page.goBack()
  await page.getByRole('button', { name: 'Clear' }).click()
  await page.waitForURL((url) => !url.search.includes('filter'))
  await page.goto(`${logsUrl(project)}?${new URLSearchParams({ filter: 'name = "nobody"' })}`)
  await page.getByText('No trace matches the filter').waitFor()
  await page.close()
})

test('what users and models wrote does not run, load or link', async () => {
  const project = newProject()
  const app = chatApp(product.url, project)
  const hostile = '<img src=x onerror="document.title=1"> ![](http://127.0.0.1:9/leak.png) <script>'
  const { requestId } = await call(app.chat, { question: hostile })
  await call(app.feedback, { requestId, user: hostile, comment: hostile, expected: hostile })
  const asked: string[] = []
  const page = await browser.context.newPage()
  page.on('request', (request) => asked.push(request.url()))
  await page.goto(logsUrl(project, requestId))
  await page.locator('[data-comment]').first().waitFor()
  expect(await page.title()).not.toBe('1')
  expect(await page.locator('main img, main iframe, main script').count()).toBe(0)
  expect(asked.filter((url) => !url.startsWith(product.url))).toEqual([])
})

test('the time from the acknowledged vote to the changed page, of 50 votes', async () => {
  const project = newProject()
  const app = chatApp(product.url, project)
  const { requestId } = await call(app.chat, { question: 'How fast?' })
  const page = await open(logsUrl(project, requestId))
  await call(app.feedback, { requestId, user: 'u0', scores: { fast: 1 } })
  await seesScore(page, 'fast', 1, 1)
  await page.evaluate(() => {
    window.heedSeen = {}
    const look = () => {
      for (const element of document.querySelectorAll<HTMLElement>('[data-score="fast"]')) {
        const n = element.dataset.n ?? ''
        window.heedSeen[n] ??= performance.timeOrigin + performance.now()
      }
    }
    new MutationObserver(look).observe(document, {
      subtree: true,
      childList: true,
      attributes: true,
    })
  })
  const delays: number[] = []
  for (let n = 2; n <= 51; n++) {
    await call(app.feedback, { requestId, user: `u${n}`, scores: { fast: 1 } })
    const answered = performance.timeOrigin + performance.now()
    await page.waitForFunction((count) => count in window.heedSeen, n)
    const seen = await page.evaluate((count) => window.heedSeen[count], n)
    delays.push(Number(seen) - answered)
  }
  delays.sort((a, b) => a - b)
  const at = (share: number) => Math.round(delays[Math.ceil(50 * share) - 1] ?? 0)
  console.log(
    `vote acknowledged to page changed, ms: p50 ${at(0.5)}, p95 ${at(0.95)}, max ${at(1)}`,
  )
  expect(delays).toHaveLength(50)
}, 60_000)
