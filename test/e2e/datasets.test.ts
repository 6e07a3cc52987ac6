import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { newProject } from '../support/heed.ts'
import { Product } from '../support/product.ts'

let product: Product
let browser: Awaited<ReturnType<typeof openBrowser>>
beforeAll(async () => {
  product = await Product.start()
  browser = await openBrowser()
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

test('a person looks at a dataset: now, as of a snapshot, and at the span a record was made of', async () => {
  const name = newProject()
  const { id: project_id } = await post('/v1/project', { name })
  const page = await browser.context.newPage()
  page.setDefaultTimeout(8000)
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  await page.goto(/Dashboard +(\S+)/.exec(product.output)?.[1] ?? '')
  await page.goto(`${product.url}/app/default/p/${encodeURIComponent(name)}/logs`)
  await page.getByRole('link', { name: 'Datasets' }).click()
  await page.getByText('No datasets yet').waitFor()

  // What has only been registered appears by itself, on both pages.
  const { id } = await post('/v1/dataset', {
    project_id,
    name: 'a/b ü 100%',
    description: 'What people ask',
  })
  await page.getByRole('link', { name: 'a/b ü 100%' }).click()
  await page.getByText('No records').waitFor()
  await page.getByText('What people ask').waitFor()

  const [span] = (
    await post(`/v1/project_logs/${project_id}/insert`, {
      events: [{ input: 'Where is my order?', span_attributes: { name: 'chat' } }],
    })
  ).row_ids
  const origin = { object_type: 'project_logs', object_id: project_id, id: span }
  const many = Array.from({ length: 60 }, (_, i) => ({ id: `r${i}`, input: `question ${i}` }))
  await post(`/v1/dataset/${id}/insert`, { events: many })
  await post(`/v1/dataset/${id}/insert`, {
    events: [
      {
        id: 'newest',
        input: { q: 'Where is my order?' },
        expected: '<b>On its way.</b>',
        metadata: { lang: 'en' },
        tags: ['first tag', 'second tag'],
        origin,
      },
    ],
  })
  const rows = page.locator('tr[data-record]')
  await rows.first().getByText('Where is my order?').waitFor()
  expect(await rows.first().locator('td').allTextContents()).toEqual([
    '{"q":"Where is my order?"}',
    '<b>On its way.</b>',
    '{"lang":"en"}',
    'first tagsecond tag',
    'span',
    expect.any(String),
  ])
  await page.getByText('61 records').waitFor()
  await rows.last().scrollIntoViewIfNeeded()
  await rows.nth(60).waitFor()
  expect(await rows.count()).toBe(61)

  // A record opens to what it holds, and closes.
  await rows.first().getByRole('button').click()
  const record = page.getByRole('region', { name: 'Record' })
  await record.getByRole('region', { name: 'Expected' }).getByText('<b>On its way.</b>').waitFor()
  await record.getByRole('region', { name: 'Metadata' }).getByText('lang').waitFor()
  await rows.first().getByRole('button').click()
  await record.waitFor({ state: 'hidden' })

  // A snapshot is what was there then; the page of now follows what is deleted and changed.
  const versions = page.getByRole('navigation', { name: 'Versions' })
  expect(await versions.count()).toBe(0)
  const { body: then } = await product.get(`/v1/dataset/${id}/fetch`, { limit: '1' })
  await post('/api/dataset_snapshot/register', {
    dataset_id: id,
    dataset_snapshot_name: 'before',
    xact_id: then.events[0]._xact_id,
  })
  await post(`/v1/dataset/${id}/insert`, { events: [{ id: 'newest', _object_delete: true }] })
  await page.getByText('60 records').waitFor()
  await rows.first().getByText('Where is my order?').waitFor({ state: 'hidden' })
  await versions.getByRole('link', { name: 'before' }).click()
  await rows.first().getByText('Where is my order?').waitFor()
  expect(await versions.locator('[aria-current]').textContent()).toBe('before')
  const address = page.url()

  // The way to the span that it was made of, and by the address back to the version.
  await rows.first().getByRole('link', { name: 'span' }).click()
  const trace = page.getByRole('region', { name: 'Trace' })
  await trace.getByRole('region', { name: 'Input' }).getByText('Where is my order?').waitFor()
  await page.goto(address)
  await rows.first().getByText('Where is my order?').waitFor()
  await page.goto(address.replace(/\?.*/, ''))
  await versions.locator('[aria-current]', { hasText: 'Now' }).waitFor()
  expect(problems).toEqual([])
})
