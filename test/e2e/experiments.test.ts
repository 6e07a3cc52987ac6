import { readFileSync } from 'node:fs'
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
  expect([path, answer.status]).toEqual([path, 200])
  return answer.body
}

const ATTACHED = {
  table: {
    type: 'braintrust_attachment',
    key: 'k',
    filename: 'table.html',
    content_type: 'text/html',
  },
}

const oneCase = (input: string, output: string, right: number) => ({
  input,
  output,
  expected: '<b>42</b>',
  scores: { right },
  id: `${input} ${right}`,
  span_id: `${input} ${right}`,
  root_span_id: `${input} ${right}`,
})

test('a person sees what came of an experiment, case by case, beside the one before it', async () => {
  const name = newProject()
  const { id: project_id } = await post('/v1/project', { name })
  const run = async (experiment: string, events: object[]) => {
    const { id } = await post('/v1/experiment', { project_id, name: experiment })
    if (events.length > 0) await post(`/v1/experiment/${id}/insert`, { events })
    return id as string
  }
  const page = await browser.context.newPage()
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  await page.goto(`${product.url}/app/default/p/${encodeURIComponent(name)}/experiments`)
  await page.getByText('No experiments yet').waitFor()

  // What has only been registered appears by itself.
  await run('before', [])
  await page.getByRole('link', { name: 'before' }).waitFor()

  await run('before', [oneCase('six by seven', '41', 0), oneCase('one and one', '2', 1)])
  const id = await run('after', [oneCase('six by seven', '42', 1), oneCase('one and one', '2', 1)])

  // So does what runs meanwhile.
  const rows = page.locator('tr[data-experiment]')
  await page.getByRole('link', { name: 'after' }).waitFor()
  await rows.first().getByText('+0.50').waitFor()
  expect(await rows.first().locator('[data-score=right]').textContent()).toMatch(/1\.00\s*\+0\.50/)
  expect(await rows.count()).toBe(2)
  await page.getByRole('link', { name: 'after' }).click()
  const cases = page.locator('tr[data-case]')
  await cases.first().waitFor()
  const changed = await cases.filter({ hasText: 'six by seven' }).textContent()
  expect(changed).toMatch(/six by seven\s*42\s*<b>42<\/b>\s*right\s*1\.00.*\+1\.00/s)
  expect(await cases.filter({ hasText: 'one and one' }).textContent()).toContain('±0')

  // What is added meanwhile appears too.
  await post(`/v1/experiment/${id}/insert`, { events: [oneCase('late', 'x', 0)] })
  await cases.filter({ hasText: 'late' }).waitFor()

  const { signedUrl } = await post('/attachment', {
    key: 'k',
    filename: 'table.html',
    content_type: 'text/html',
  })
  const body = '<script>alert(1)</script>'
  expect((await fetch(signedUrl, { method: 'PUT', body })).status).toBe(200)
  await post('/attachment/status', { key: 'k', status: { upload_status: 'done' } })

  // A case opens its trace, and what is added to that appears in it.
  await cases.filter({ hasText: 'six by seven' }).getByRole('link').click()
  const trace = page.getByRole('region', { name: 'Trace' })
  await trace.getByRole('region', { name: 'Input' }).getByText('six by seven').waitFor()
  await post(`/v1/experiment/${id}/insert`, {
    events: [
      {
        span_id: 'look-up',
        root_span_id: 'six by seven 1',
        span_parents: ['six by seven 1'],
        span_attributes: { name: 'look it up' },
        output: ATTACHED,
      },
    ],
  })
  await trace.getByRole('treeitem', { name: /look it up/ }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    trace.getByRole('region', { name: 'Output' }).getByRole('link', { name: 'table.html' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('table.html')
  expect(readFileSync(await download.path(), 'utf8')).toBe('<script>alert(1)</script>')

  // From a step of a case the keys and buttons go to the cases before and after it, as they are listed.
  const listed = await cases.getByRole('link').allTextContents()
  const at = listed.indexOf('six by seven')
  const input = trace.getByRole('region', { name: 'Input' })
  expect([listed.length, listed[0]]).toEqual([3, 'late'])
  await page.keyboard.press('k')
  await input.getByText(listed[at - 1] ?? '').waitFor()
  await trace.getByRole('button', { name: 'Older trace' }).click()
  await input.getByText('six by seven').waitFor()
  for (let left = at; left > 0; left--) await page.keyboard.press('k')
  await input.getByText('late').waitFor()
  expect(await trace.getByRole('button', { name: 'Newer trace' }).isDisabled()).toBe(true)
  expect(await trace.getByRole('treeitem').textContent()).toContain('(no name)')
  await page.keyboard.press('Escape')
  await trace.waitFor({ state: 'hidden' })

  // A permalink of a case opens it too: another experiment has a row of the same id.
  const row = { object_type: 'experiment', object_id: id, id: 'one and one 1' }
  await page.goto(`${product.url}/app/default/object?${new URLSearchParams(row)}`)
  await page.waitForURL(/\/experiments\/after\?oid=/)
  await trace.getByRole('region', { name: 'Input' }).getByText('one and one').waitFor()
  expect(problems).toEqual([])
})

test('the page of an experiment follows what happens in its base', async () => {
  const name = newProject()
  const { id: project_id } = await post('/v1/project', { name })
  const run = async (experiment: string, event: object) => {
    const { id } = await post('/v1/experiment', { project_id, name: experiment })
    await post(`/v1/experiment/${id}/insert`, { events: [event] })
    return id as string
  }
  const base = await run('before', oneCase('six by seven', '41', 0))
  await run('after', oneCase('six by seven', '42', 1))
  const page = await browser.context.newPage()
  page.setDefaultTimeout(8000)
  await page.goto(`${product.url}/app/default/p/${encodeURIComponent(name)}/experiments/after`)
  const means = page.getByRole('region', { name: 'Means of the experiment' })
  const row = page.locator('tr[data-case]')
  await means.getByText('+1.00').waitFor()
  await row.getByText('+1.00').waitFor()

  await post(`/v1/experiment/${base}/feedback`, {
    feedback: [{ id: 'six by seven 0', scores: { right: 0.25 } }],
  })
  await means.getByText('+0.75').waitFor()
  await row.getByText('+0.75').waitFor()
  await page.close()
})
