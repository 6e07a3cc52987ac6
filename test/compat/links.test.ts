import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { newProject } from '../support/heed.ts'
import { Product } from '../support/product.ts'
import { testCitations } from './citations.ts'
import { runProgram, SDKS } from './sdks.ts'

let product: Product
let browser: Awaited<ReturnType<typeof openBrowser>>
let page: Page
beforeAll(async () => {
  product = await Product.start()
  browser = await openBrowser()
  page = await browser.context.newPage()
  page.setDefaultTimeout(10_000)
  const [link = ''] = /http\S+signin\S+/.exec(product.output) ?? []
  await page.goto(link)
  await page.waitForURL('**/app/default')
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await product?.stop()
})

/** Waits for the trace that is open, and what its open span was asked. */
const seesInput = (text: string) =>
  page
    .getByRole('region', { name: 'Trace' })
    .getByRole('region', { name: 'Input' })
    .getByText(text, { exact: true })
    .waitFor()

/** The path of the open page without its encoding, and the row that it names. */
function opened() {
  const { pathname, searchParams } = new URL(page.url())
  return [decodeURIComponent(pathname), searchParams.get('oid')]
}

/** Where an SDK that cannot make a link leads: a page of its vendor, with what is missing. */
const VENDOR = /^https:\/\/(www\.)?braintrust\.dev\/error-generating-link/

const NAME = 'a/b ü 100%'

const WAYS = [
  { way: 'as the page says', slash: '', env: {} },
  // People write it so, and the SDKs join texts.
  {
    way: 'with a slash behind the address, and the organisation named',
    slash: '/',
    env: { BRAINTRUST_ORG_NAME: 'default' },
  },
]

const CASES = SDKS.flatMap((sdk) => WAYS.map((way) => ({ sdk, ...way })))

describe.each(CASES)('links of $sdk.name, $way', ({ sdk, slash, env }) => {
  const project = `${newProject()} ${NAME}?#1`
  let links: Awaited<ReturnType<typeof runProgram>>
  beforeAll(async () => {
    links = await runProgram(sdk, 'links', product.url + slash, {
      COMPAT_PROJECT: project,
      COMPAT_NAME: NAME,
      // Python would log in meanwhile, in a thread of its own.
      BRAINTRUST_SYNC_FLUSH: '1',
      ...env,
    })
  })

  test('the links of a span open it in its trace', async () => {
    const { id, ...ofSpan } = links.span
    const { id: childId, ...ofChild } = links.child
    for (const [rowId, input, urls] of [
      [id, 'of a span', Object.values(ofSpan)],
      [childId, 'of a child', Object.values(ofChild)],
    ]) {
      for (const url of urls) {
        expect(url.startsWith(product.url)).toBe(true)
        await page.goto(url)
        await seesInput(input)
        expect(opened()).toEqual([`/app/default/p/${project}/logs`, rowId])
      }
    }
  })

  test('a link before the first login opens the span where the SDK knows the organisation', async () => {
    if (!('BRAINTRUST_ORG_NAME' in env) || sdk.name === 'npm 0.4.10') {
      expect(links.early).toMatch(VENDOR)
      return
    }
    // The name of the project stands in it as it is.
    expect(links.early).toBe(
      `${product.url}${slash}/app/default/p/${project}/logs?oid=${links.span.id}`,
    )
    await page.goto(links.early)
    await seesInput('of a span')
    expect(opened()).toEqual([`/app/default/p/${project}/logs`, links.span.id])
  })

  test('the links of a span of an experiment open its case', async () => {
    const { id, ...urls } = links.case
    for (const url of Object.values<string>(urls)) {
      await page.goto(url)
      await seesInput('of a case')
      expect(opened()).toEqual([`/app/default/p/${project}/experiments/${NAME}`, id])
    }
  })

  test('summaries name the pages of their project, experiment and dataset', async () => {
    for (const url of links.projects) {
      await page.goto(url)
      await page.locator('tr[data-trace]', { hasText: 'of a span' }).waitFor()
      expect(opened()).toEqual([`/app/default/p/${project}/logs`, null])
    }
    await page.goto(links.experiment)
    await page.getByRole('heading', { name: NAME, exact: true }).waitFor()
    await page.locator('tr[data-case]', { hasText: 'of a case' }).waitFor()

    await page.goto(links.dataset)
    await page.getByRole('heading', { name: NAME, exact: true }).waitFor()
    await page.locator('tr[data-record]', { hasText: 'of a record' }).waitFor()
  })

  test.runIf(sdk.name === 'npm 3.35.0')(
    'a record leads to the span that it was made of',
    async () => {
      await page.goto(links.dataset)
      await page.locator('tr[data-record]').getByRole('link', { name: 'span' }).click()
      await seesInput('of a span')
      expect(opened()).toEqual([`/app/default/p/${project}/logs`, links.span.id])
    },
  )

  test('what names no row, or is not registered yet, gets a link to the vendor', () => {
    for (const url of [links.ofLogger, links.ofExperiment]) expect(url).toMatch(VENDOR)
    // Python registers an experiment with its first span.
    if (sdk.language === 'python') expect(links.earlyOfCase).toBe(links.case.link)
    else expect(links.earlyOfCase).toMatch(VENDOR)
    expect(links.ofNothing).toMatch(/^https:\/\/(www\.)?braintrust\.dev\/noop-span$/)
  })
})

test('a link to what is not there says so, and one to a span opens it as soon as that is there', async () => {
  const unknown = '5b0e3c1e-7f0a-4a53-9d43-0c3f4b8a1111'
  const to = (object_type: string, object_id: string, id = 'row') =>
    `${product.url}/app/default/object?${new URLSearchParams({ object_type, object_id, id })}`
  for (const [type, what] of [
    ['project_logs', 'project'],
    ['experiment', 'experiment'],
    ['dataset', 'dataset'],
  ] as const) {
    await page.goto(to(type, unknown))
    await page.getByText(`There is no ${what} with the id ${unknown} here.`).waitFor()
  }
  await page.goto(to('playground_logs', unknown))
  await page.getByText('this one is to “playground_logs”').waitFor()

  const name = newProject()
  const inProject = `${product.url}/app/default/p/${encodeURIComponent(name)}`
  const { body: project } = await product.post('/v1/project', { name })
  await page.goto(`${inProject}/experiments/none`)
  await page.getByText('There is no experiment of that name').waitFor()
  await page.goto(`${inProject}/datasets/none`)
  await page.getByText('There is no dataset of that name').waitFor()
  await page.goto(`${inProject}/nothing`)
  await page.getByText('There is no such page').waitFor()

  await page.goto(to('project_logs', project.id))
  await page.getByText('Not arrived yet').waitFor()
  const events = [{ id: 'row', input: 'come late' }]
  await product.post(`/v1/project_logs/${project.id}/insert`, { events })
  await seesInput('come late')
})

testCitations('links')
