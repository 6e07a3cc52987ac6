import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { newProject } from '../support/heed.ts'
import { Product } from '../support/product.ts'
import { runProgram, SDKS } from './sdks.ts'

let product: Product
let browser: Awaited<ReturnType<typeof openBrowser>>
beforeAll(async () => {
  product = await Product.start()
  browser = await openBrowser()
  const page = await browser.context.newPage()
  const [link = ''] = /http\S+signin\S+/.exec(product.output) ?? []
  await page.goto(link)
  await page.waitForURL('**/app/default')
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await product?.stop()
})

test.each(SDKS)('the links that $name makes open the span that they are of', async (sdk) => {
  // With a slash at its end, as people write it: the SDKs join texts.
  for (const url of [product.url, `${product.url}/`]) {
    const project = `${newProject()} ü`
    const ids = await runProgram(sdk, 'spans', url, { COMPAT_PROJECT: project })
    const page = await browser.context.newPage()
    page.setDefaultTimeout(10_000)
    for (const link of [ids.permalink, ids.permalinkOfSlug, ids.link]) {
      expect(link.startsWith(product.url)).toBe(true)
      await page.goto(link)
      await page
        .getByRole('region', { name: 'Trace' })
        .locator('h2', { hasText: 'updated' })
        .waitFor()
      const opened = new URL(page.url())
      expect(decodeURIComponent(opened.pathname)).toBe(`/app/default/p/${project}/logs`)
      expect(opened.searchParams.get('oid')).toBe(ids.updated)
    }
    await page.close()
  }
})
