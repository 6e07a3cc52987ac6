import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { newProject } from '../support/heed.ts'
import { freePort, Product } from '../support/product.ts'
import { openFrontProxy } from './front-proxy.ts'
import { runProgram, SDKS } from './sdks.ts'

const ORG = 'acme'

let publicUrl: string
let product: Product
let proxy: Awaited<ReturnType<typeof openFrontProxy>>
let browser: Awaited<ReturnType<typeof openBrowser>>
let page: Page
beforeAll(async () => {
  const port = await freePort()
  publicUrl = `http://127.0.0.1:${port}`
  product = await Product.start({ HEED_PUBLIC_URL: publicUrl, HEED_ORG_NAME: ORG })
  proxy = await openFrontProxy(product.port, port)
  browser = await openBrowser()
  page = await browser.context.newPage()
  page.setDefaultTimeout(10_000)
  const { pathname, search } = new URL(/Dashboard +(\S+)/.exec(product.output)?.[1] ?? '')
  await page.goto(`${publicUrl}${pathname}${search}`)
  await page.waitForURL(`**/app/${ORG}`)
}, 60_000)
afterAll(async () => {
  await browser?.close()
  proxy?.close()
  await product?.stop()
})

test.each(SDKS)(
  '$name goes by HEED_PUBLIC_URL with all it has, to a project by its id in an organisation by its name',
  async (sdk) => {
    const name = newProject()
    const { body: project } = await product.post('/v1/project', { name })
    proxy.takeAsked()
    const { id, permalink } = await runProgram(sdk, 'by-project-id', publicUrl, {
      COMPAT_PROJECT_ID: project.id,
      BRAINTRUST_ORG_NAME: ORG,
    })
    // The SDK asks these where login told it to.
    expect(proxy.takeAsked()).toEqual(
      expect.arrayContaining([
        ...['POST /api/apikey/login', 'POST /logs3'],
        ...['POST /attachment', 'PUT /attachment/object', 'POST /attachment/status'],
      ]),
    )
    const { body: row } = await product.get(`/v1/spans/${id}`, { project_name: name })
    const { downloadUrl } = (await product.get('/attachment', { key: row.input.file.key })).body
    expect(downloadUrl.startsWith(`${publicUrl}/`)).toBe(true)
    expect(await (await fetch(downloadUrl)).text()).toBe('through the proxy')

    expect(permalink.startsWith(`${publicUrl}/app/${ORG}/`)).toBe(true)
    await page.goto(permalink)
    const trace = page.getByRole('region', { name: 'Trace' })
    await trace.getByRole('region', { name: 'Output' }).getByText('by its id').waitFor()
    expect(decodeURIComponent(new URL(page.url()).pathname)).toBe(`/app/${ORG}/p/${name}/logs`)
  },
  60_000,
)
