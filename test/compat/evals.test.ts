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
  await page.goto(/Dashboard +(\S+)/.exec(product.output)?.[1] ?? '')
  await page.waitForURL('**/app/default')
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await product?.stop()
})

type Row = Record<string, unknown>

describe.each(SDKS)('Eval() of $name', (sdk) => {
  const project_name = newProject()
  let printed: Awaited<ReturnType<typeof runProgram>>
  beforeAll(async () => {
    printed = await runProgram(sdk, 'evals', product.url, { COMPAT_PROJECT: project_name })
  }, 120_000)

  test('runs against a dataset to its summary; what could not be scored does not count', () => {
    const { first } = printed
    expect(first.scores.exact.score).toBeCloseTo(1 / 3, 12)
    expect(first.scores).not.toHaveProperty('unsure')
    expect(first.metrics.duration.metric).toBeGreaterThan(0)
    expect(first.comparisonExperimentName ?? null).toBeNull()
    expect(first.experimentUrl).toContain(`/experiments/${first.experimentName}`)
  })

  test('is compared with the run before it, case by case', () => {
    const { first, second } = printed
    expect(second.comparisonExperimentName).toBe(first.experimentName)
    expect(second.scores.exact).toMatchObject({ improvements: 1, regressions: 0 })
    expect(second.scores.exact.diff).toBeCloseTo(1 / 3, 12)
  })

  test('its rows, scores and difference stand where the dashboard reads them', async () => {
    const { body } = await product.get('/v1/experiments', { project_name })
    const names = body.experiments.map((one: Row) => one.name)
    const { first, second: later } = printed
    expect(names).toEqual([
      ...['on an unknown base', 'by hand on an id', 'by hand on a base', 'on a base'],
      ...['by hand', 'pinned', later.experimentName, first.experimentName],
    ])
    const second = body.experiments[6]
    expect([second.case_count, second.base.name]).toEqual([3, printed.first.experimentName])
    const { body: page } = await product.get(`/v1/experiments/${second.id}/cases`)
    const cases = page.cases.map(({ input, output, expected, scores, base_scores }: Row) => ({
      input,
      output,
      expected,
      now: (scores as Row[]).map((score) => score.mean),
      before: (base_scores as Row[]).map((score) => score.mean),
    }))
    expect(cases.sort((a: Row, b: Row) => (String(a.input) < String(b.input) ? -1 : 1))).toEqual([
      { input: 'a', output: 'A', expected: 'A', now: [1], before: [1] },
      { input: 'b', output: 'B', expected: 'B', now: [1], before: [0] },
      { input: 'c', output: 'C', expected: 'X', now: [0], before: [0] },
    ])
  })

  test('a base that is named is the one it is compared with, by its name or its id', () => {
    const { first, onBase, byHandOnBase, byHandOnId } = printed
    expect(onBase.with).toBe(first.experimentName)
    expect(onBase.exact).toMatchObject({ score: 0.75, improvements: 1, regressions: 0 })
    expect(onBase.exact.diff).toBeCloseTo(1 / 3, 12)
    for (const one of [byHandOnBase, byHandOnId]) {
      expect(one).toMatchObject({
        with: first.experimentName,
        fetched: first.experimentName,
        exact: { score: 0, diff: -1, improvements: 0, regressions: 1 },
      })
    }
  })

  test('a base that is not there is none: it is compared with the run before it', () => {
    expect(printed.onUnknown).toMatchObject({
      with: 'by hand on an id',
      fetched: 'by hand on an id',
      exact: { score: 0, diff: 0, improvements: 0, regressions: 0 },
    })
  })

  test('a person sees its scores, its cases and how they differ from its base', async () => {
    const { first, second: later } = printed
    await page.goto(`${product.url}/app/default/p/${encodeURIComponent(project_name)}/experiments`)
    const experiments = page.locator('tr[data-experiment]')
    const row = (name: string) =>
      experiments.filter({ has: page.getByRole('link', { name, exact: true }) })
    await row(first.experimentName).waitFor()
    expect(await experiments.count()).toBe(8)
    const score = (name: string) => row(name).locator('[data-score=exact]').textContent()
    expect(await score(first.experimentName)).toMatch(/^exact0\.33$/)
    expect(await score(later.experimentName)).toMatch(/^exact0\.67\+0\.331↑ 0↓$/)
    expect(await score('on a base')).toMatch(/^exact0\.75\+0\.331↑ 0↓$/)
    expect(await score('by hand on a base')).toMatch(/^exact0\.00−1\.000↑ 1↓$/)
    for (const name of [later.experimentName, 'on a base', 'by hand on a base']) {
      expect(await row(name).textContent()).toContain(`compared with ${first.experimentName}`)
    }
    for (const name of [later.experimentName, 'on a base']) {
      await row(name).locator('[data-metric=duration]').waitFor()
    }
    expect(await row(first.experimentName).textContent()).not.toContain('compared with')

    // By the link that Eval() printed: the cases, and one of them whole.
    await page.goto(later.experimentUrl)
    await page.getByRole('link', { name: first.experimentName, exact: true }).waitFor()
    const cases = page.locator('tr[data-case]')
    await cases.first().waitFor()
    const shown = await Promise.all(
      (await cases.all()).map((one) => one.locator('td').allTextContents()),
    )
    expect(shown.sort()).toEqual([
      ['a', 'A', 'A', expect.stringMatching(/^exact1\.00.*±0$/)],
      ['b', 'B', 'B', expect.stringMatching(/^exact1\.00.*\+1\.00$/)],
      ['c', 'C', 'X', expect.stringMatching(/^exact0\.00.*±0$/)],
    ])
    await cases.getByRole('link', { name: 'b', exact: true }).click()
    const trace = page.getByRole('region', { name: 'Trace' })
    for (const [part, text] of [
      ['Input', 'b'],
      ['Output', 'B'],
      ['Expected', 'B'],
    ] as const) {
      await trace.getByRole('region', { name: part }).getByText(text, { exact: true }).waitFor()
    }
    await trace.getByRole('treeitem', { name: /exact/ }).waitFor()
  })

  test('a dataset of a version is run as it was then', () => {
    expect(printed.pinned).toEqual(['a', 'b', 'c'])
  })

  test('a case names the record that it is of', () => {
    expect(printed.origins.map((origin: Row) => origin.id).sort()).toEqual(['a', 'b', 'c'])
    for (const origin of printed.origins) {
      expect(origin).toMatchObject({ object_type: 'dataset', object_id: printed.datasetId })
      expect(origin._xact_id).toMatch(/^\d{19}$/)
    }
  })

  test.runIf(sdk.name !== 'npm 0.4.10')('a scorer looks at the spans of its case', () => {
    expect(printed.seen).toHaveLength(1)
    const [name, input, output] = printed.seen[0]
    expect([name, output]).toEqual(['upper', input.toUpperCase()])
  })

  test('an experiment by hand is scored by a person, and read back', async () => {
    expect(printed.byHand.right.score).toBe(1)
    const { feedback } = (await product.get('/v1/feedback', { experiment_id: printed.byHandId }))
      .body
    for (const event of feedback) {
      expect(event).toMatchObject({ id: printed.byHandRow, status: 'attached', user: 'u1' })
    }
    const inLedger = (pick: (event: Row) => unknown) => feedback.map(pick).filter(Boolean)
    expect(inLedger((event) => event.comment)).toEqual(['good'])
    expect(inLedger((event) => (event.scores as Row[])[0])).toEqual([{ name: 'right', value: 1 }])
    expect(printed.rows).toEqual([{ input: 1, output: 2, scores: { right: 1 } }])
    // Of that by default; experiments.test.ts says when it finds them.
    expect(printed.asDataset).toEqual(sdk.name === 'PyPI 0.48.1' ? [] : [1])
  })
})

testCitations('evals')
