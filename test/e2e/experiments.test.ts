import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { API_KEY, newProject } from '../support/heed.ts'
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
  const response = await fetch(`${product.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}` },
    body: JSON.stringify(body),
  })
  expect([path, response.status]).toEqual([path, 200])
  // Any JSON: the test states what it expects of it.
  return (await response.json()) as ReturnType<typeof JSON.parse>
}

const oneCase = (input: string, output: string, right: number) => ({
  input,
  output,
  expected: '<b>42</b>',
  scores: { right },
  span_id: `${input} ${right}`,
  root_span_id: `${input} ${right}`,
})

test('a person sees what came of an experiment, case by case, beside the one before it', async () => {
  const name = newProject()
  const { id: project_id } = await post('/v1/project', { name })
  const run = async (experiment: string, events: object[]) => {
    const { id } = await post('/v1/experiment', { project_id, name: experiment, ensure_new: true })
    await post(`/v1/experiment/${id}/insert`, { events })
    return id as string
  }
  await run('before', [oneCase('six by seven', '41', 0), oneCase('one and one', '2', 1)])
  const id = await run('after', [oneCase('six by seven', '42', 1), oneCase('one and one', '2', 1)])

  const page = await browser.context.newPage()
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  await page.goto(/Dashboard +(\S+)/.exec(product.output)?.[1] ?? '')
  await page.goto(`${product.url}/app/default/p/${encodeURIComponent(name)}/experiments`)
  const rows = page.locator('tr[data-experiment]')
  expect(await rows.first().locator('[data-score=right]').textContent()).toMatch(/1\.00\s*\+0\.50/)
  expect(await rows.count()).toBe(2)
  await page.getByRole('link', { name: 'after' }).click()
  const cases = page.locator('tr[data-case]')
  await cases.first().waitFor()
  const changed = await cases.filter({ hasText: 'six by seven' }).textContent()
  expect(changed).toMatch(/six by seven\s*42\s*<b>42<\/b>\s*right\s*1\.00.*\+1\.00/s)
  expect(await cases.filter({ hasText: 'one and one' }).textContent()).toContain('±0')

  // What is added meanwhile appears by itself.
  await post(`/v1/experiment/${id}/insert`, { events: [oneCase('late', 'x', 0)] })
  await cases.filter({ hasText: 'late' }).waitFor()

  const object = new URLSearchParams({ object_type: 'experiment', object_id: id, id: 'row' })
  await page.goto(`${product.url}/app/default/object?${object}`)
  await page.waitForURL(/\/experiments\/after$/)
  expect(problems).toEqual([])
})
