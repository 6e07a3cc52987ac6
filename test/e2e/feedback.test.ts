import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { newProject } from '../support/heed.ts'
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
  expect([200, 201]).toContain(answer.status)
  return answer.body
}

/** A project of its own with rows of an official SDK: their ids tell nothing of each other. */
async function projectWith(...events: object[]) {
  const name = newProject()
  const { id } = await post('/v1/project', { name })
  const insert = (...rows: object[]) => post(`/v1/project_logs/${id}/insert`, { events: rows })
  await insert(...events)
  return { name, insert }
}

const say = (project_name: string, ...feedback: object[]) =>
  post('/v1/feedback', { project_name, feedback })

async function open(project: string, page: string): Promise<Page> {
  const tab = await browser.context.newPage()
  tab.setDefaultTimeout(8000)
  await tab.goto(`${product.url}/app/default/p/${encodeURIComponent(project)}/${page}`)
  return tab
}

const ROOT = { id: 'root', span_id: 's', root_span_id: 's', span_attributes: { name: 'chat' } }
const CHILD = {
  id: 'child',
  span_id: 'c',
  root_span_id: 's',
  span_parents: ['s'],
  span_attributes: { name: 'look up' },
}

test('feedback whose span is deleted is shown as pending on the open pages', async () => {
  const { name, insert } = await projectWith(ROOT)
  await say(name, { id: 'root', user: 'ada', scores: { helpful: 1 } })
  const all = await open(name, 'feedback')
  const pending = await open(name, 'feedback?status=pending')
  await all.locator('[data-status=attached]').waitFor()
  await pending.getByText('Nothing is pending').waitFor()

  await insert({ id: 'root', _object_delete: true })
  await all.locator('[data-status=pending]').waitFor()
  await pending.locator('[data-status=pending]').waitFor()
  await Promise.all([all.close(), pending.close()])
})

test('the correction of a span that still runs is compared with what it comes to', async () => {
  const { name, insert } = await projectWith(ROOT, CHILD)
  await say(name, { id: 'child', user: 'ada', expected: 'Paris it is' })
  const page = await open(name, 'logs?oid=root')
  const correction = page.locator('[data-correction]')
  await correction.getByText('Paris it is').waitFor()

  await insert({ id: 'child', _is_merge: true, output: 'Lyon it is' })
  await correction.locator('del').getByText('Lyon').waitFor()
  await page.close()
})

test('one feedback id on two spans is two entries, and stays so when more comes', async () => {
  const { name } = await projectWith(ROOT, CHILD)
  const both = { feedback_id: 'both', user: 'ada', scores: { helpful: 1 } }
  await say(
    name,
    { ...both, id: 'root', comment: 'Of the whole', expected: 'Paris' },
    { ...both, id: 'child', comment: 'Of the step', expected: 'Lyon', source: 'app' },
  )
  const stream = await open(name, 'feedback')
  const trace = await open(name, 'logs?oid=root')
  await stream.locator('[data-feedback=both]').nth(1).waitFor()
  await trace.locator('[data-history=both]').nth(1).waitFor()
  const words = { user: 'ada', comment: 'More', expected: 'Nice' }
  await say(name, { ...words, feedback_id: 'next', id: 'root', scores: { helpful: 0 } })

  await stream.locator('[data-feedback=next]').waitFor()
  expect(await stream.locator('[data-feedback]').count()).toBe(3)
  const history = trace.locator('[data-history]')
  await history.filter({ hasText: 'replaced' }).waitFor()
  const fates = await history.evaluateAll((entries) =>
    entries.map((entry) => entry.querySelector<HTMLElement>('[data-fate]')?.dataset.fate),
  )
  expect(fates.toSorted()).toEqual(['current', 'current', 'replaced'])
  expect(await trace.locator('[data-correction]').count()).toBe(3)
  expect(await trace.locator('[data-comment]').count()).toBe(3)
  const said = (words: string) => trace.locator('[data-comment]', { hasText: words }).textContent()
  expect(await said('Of the whole')).toContain('api')
  expect(await said('Of the step')).toContain('app')
  await Promise.all([stream.close(), trace.close()])
})
