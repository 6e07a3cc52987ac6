import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newProject } from '../support/heed.ts'
import { Product } from '../support/product.ts'
import { testCitations } from './citations.ts'
import { runProgram, SDKS } from './sdks.ts'

let product: Product
beforeAll(async () => {
  product = await Product.start()
})
afterAll(async () => product?.stop())

describe.each(SDKS)('experiments beside Eval() of $name', (sdk) => {
  const project_name = newProject()
  let printed: Awaited<ReturnType<typeof runProgram>>
  let experiments: Record<string, unknown[]>

  /** The cases of an experiment, by its name without the time that an SDK put behind it. */
  async function casesByName() {
    const { body } = await product.get('/v1/experiments', { project_name })
    const found = body.experiments.map(async ({ id, name }: { id: string; name: string }) => [
      name.replace(/-\d{4}-.*/, ''),
      (await product.get(`/v1/experiments/${id}/cases`)).body.cases,
    ])
    return Object.fromEntries(await Promise.all(found))
  }

  beforeAll(async () => {
    printed = await runProgram(sdk, 'suites', product.url, { COMPAT_PROJECT: project_name })
    experiments = await casesByName()
  })

  const upper = (scores: string[]) => ({
    input: 'a',
    output: 'A',
    expected: 'A',
    scores: scores.map((name) => ({ name, mean: 1, n: 1 })),
  })

  test('an evaluation by its runner is an experiment', () => {
    expect(printed.runner).toEqual([{ input: 'a', output: 'A', scores: { exact: 1 } }])
    expect(experiments['by the runner']).toMatchObject([upper(['exact'])])
  })

  test.runIf(sdk.name === 'npm 3.35.0')('a suite of node:test is an experiment', () => {
    expect(experiments['by node:test']).toMatchObject([upper(['pass', 'right'])])
  })

  test.runIf(sdk.name === 'npm 3.35.0')('a suite of vitest is an experiment', () => {
    expect(printed.failed).toBe(0)
    expect(experiments['by vitest']).toMatchObject([upper(['pass'])])
  })
})

testCitations('suites')
