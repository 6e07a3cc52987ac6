import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newProject } from '../support/heed.ts'
import { Product } from '../support/product.ts'
import { runProgram, SDKS } from './sdks.ts'

let product: Product
beforeAll(async () => {
  product = await Product.start()
})
afterAll(async () => product?.stop())

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
    expect(names).toEqual(['by hand', 'pinned', later.experimentName, first.experimentName])
    const second = body.experiments[2]
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

  test('an experiment by hand is scored by a person, and read back', () => {
    expect(printed.byHand.right.score).toBe(1)
    expect(printed.rows).toEqual([{ input: 1, output: 2, scores: { right: 1 } }])
    // Of that by default; experiments.test.ts says when it finds them.
    expect(printed.asDataset).toEqual(sdk.name === 'PyPI 0.48.1' ? [] : [1])
  })
})
