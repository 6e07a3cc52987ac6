import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { newProject, newTraceId, rowId, spanId } from '../support/heed.ts'
import { Product } from '../support/product.ts'

let product: Product
let browser: Awaited<ReturnType<typeof openBrowser>>
beforeAll(async () => {
  product = await Product.start()
  browser = await openBrowser()
  await browser.signIn(product.output)
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await product?.stop()
})

async function post(path: string, body: object) {
  const answer = await product.post(path, body)
  expect([path, answer.status]).toEqual([path, 200])
  return answer.body
}

async function newLogs() {
  const name = newProject()
  const { id } = await post('/v1/project', { name })
  const insert = (...events: object[]) => post(`/v1/project_logs/${id}/insert`, { events })
  return { name, insert }
}

async function open(project: string, oid?: string): Promise<Page> {
  const page = await browser.context.newPage()
  page.setDefaultTimeout(8000)
  const query = oid === undefined ? '' : `?oid=${oid}`
  await page.goto(`${product.url}/app/default/p/${encodeURIComponent(project)}/logs${query}`)
  return page
}

const traceOf = (page: Page) => page.getByRole('region', { name: 'Trace', exact: true })
const inputOf = (page: Page) => traceOf(page).getByRole('region', { name: 'Input' })

/** 32 hexadecimal digits that are no UUIDv7, as `uuid4().hex` of Python. */
const hex = () => crypto.randomUUID().replaceAll('-', '')

test('a row opens whatever its id looks like, from the list, by its address, and from its trace', async () => {
  const { name, insert } = await newLogs()
  const like = (id: () => string) => {
    const [root, child] = [crypto.randomUUID(), crypto.randomUUID()]
    return [
      { id: id(), span_id: root, root_span_id: root, input: 'asked', metrics: { start: 1 } },
      {
        id: id(),
        span_id: child,
        root_span_id: root,
        span_parents: [root],
        input: 'looked up',
        span_attributes: { name: 'step' },
        metrics: { start: 2 },
      },
    ] as const
  }
  const traces = [like(hex), like(() => `${hex()}-${hex().slice(16)}`)]
  for (const [i, [root, child]] of traces.entries()) {
    await insert({ ...root, span_attributes: { name: `chat ${i}` } }, child)
  }
  const list = await open(name)
  for (const [i, [, child]] of traces.entries()) {
    await list.getByRole('link', { name: `chat ${i}` }).click()
    await inputOf(list).getByText('asked').waitFor()
    await traceOf(list).getByRole('treeitem', { name: /step/ }).click()
    await inputOf(list).getByText('looked up').waitFor()
    expect(await list.locator('a[data-row][aria-current=true]').textContent()).toBe(`chat ${i}`)
    await list.keyboard.press('Escape')

    const direct = await open(name, child.id)
    await inputOf(direct).getByText('looked up').waitFor()
    await direct.locator('a[data-row][aria-current=true]', { hasText: `chat ${i}` }).waitFor()
    await direct.close()
  }
  await list.close()
})

test('links to a row and to its trace open them, also where they come later', async () => {
  const { name, insert } = await newLogs()
  const trace = hex()
  const pages = await Promise.all([open(name, trace), open(name, 'row')])
  for (const page of pages) await page.getByText('Not arrived yet').waitFor()
  await insert({ id: 'row', span_id: 's', root_span_id: trace, input: 'asked' })
  for (const page of pages) await inputOf(page).getByText('asked').waitFor()
  await Promise.all(pages.map((page) => page.close()))
})

test('a row that is open is followed into the trace that it says later, and into another', async () => {
  const { name, insert } = await newLogs()
  await insert({ id: 'row', _is_merge: true, output: 'Paris' })
  const page = await open(name, 'row')
  await traceOf(page).getByText('Paris').waitFor()

  const step = { span_id: 's', root_span_id: 'root', span_parents: ['root'] }
  await insert(
    { id: 'above', span_id: 'root', root_span_id: 'root', span_attributes: { name: 'chat' } },
    { id: 'row', ...step, input: 'asked', output: 'Paris', created: '2026-01-01T00:00:00Z' },
  )
  await traceOf(page).getByRole('treeitem', { name: /chat/ }).waitFor()
  await inputOf(page).getByText('asked').waitFor()

  // And out of it, into another one.
  await insert(
    { id: 'row', span_id: 's', root_span_id: 'other', span_parents: ['other'], input: 'told' },
    { id: 'beyond', span_id: 'other', root_span_id: 'other', span_attributes: { name: 'talk' } },
    { id: 'above', _is_merge: true, output: 'Alone' },
  )
  await traceOf(page).getByRole('treeitem', { name: /talk/ }).waitFor()
  await inputOf(page).getByText('told').waitFor()
  await page.close()
})

test('a trace too large for a tree stands in the list, and says so when it is opened, once', async () => {
  const { name, insert } = await newLogs()
  const traceId = newTraceId()
  const span = (n: number) => ({ id: rowId(traceId, n), span_parents: [spanId(0)] })
  await insert({ id: rowId(traceId, 0), span_attributes: { name: 'endless' } })
  for (let first = 1; first <= 50_000; first += 10_000) {
    await insert(...Array.from({ length: 10_000 }, (_, i) => span(first + i)))
  }
  const page = await open(name)
  let asked = 0
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === `/v1/traces/${traceId}`) asked += 1
  })
  await page.getByRole('link', { name: 'endless' }).click()
  const problem = traceOf(page).getByRole('alert')
  await problem.getByText('A trace has more spans than can be put into one tree.').waitFor()
  for (let n = 50_001; n < 50_005; n++) {
    await insert(span(n))
    await page.locator(`a[data-row="${traceId}"]`).waitFor()
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  expect(asked).toBe(1)
  await page.close()
}, 60_000)
