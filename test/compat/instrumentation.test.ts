import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newProject } from '../support/heed.ts'
import { Product } from '../support/product.ts'
import { testCitations } from './citations.ts'
import { modelCalls } from './model-call.ts'
import { openProvider } from './provider.ts'
import { PYTHON, runProgram, TYPESCRIPT } from './sdks.ts'

let product: Product
let provider: Awaited<ReturnType<typeof openProvider>>
beforeAll(async () => {
  product = await Product.start()
  provider = await openProvider()
})
afterAll(async () => {
  provider?.close()
  await product?.stop()
})

/** As `node --import braintrust/hook.mjs` in the directory of an application. */
const hook = () => createRequire(import.meta.url).resolve('braintrust/hook.mjs')

// npm 0.4.10 has no hook for a process to begin with.
const CASES = [
  ...TYPESCRIPT.filter(({ module }) => module === 'braintrust').map((sdk) => ({
    sdk,
    env: { NODE_OPTIONS: `--import=${hook()}` },
  })),
  ...PYTHON.map((sdk) => ({ sdk, env: {} })),
]

describe.each(CASES)('clients that nobody wrapped, with $sdk.name', ({ sdk, env }) => {
  const project_name = newProject()
  let ids: Record<'openai' | 'anthropic', string>

  beforeAll(async () => {
    ids = await runProgram(sdk, 'auto-instrument', product.url, {
      COMPAT_PROJECT: project_name,
      COMPAT_PROVIDER: provider.url,
      ...env,
    })
  })

  test.each(['openai', 'anthropic'] as const)(
    'a call of %s is a span of type llm with model and tokens',
    async (name) => {
      const calls = await modelCalls(product, project_name, ids[name])
      expect(calls).toHaveLength(1)
      const [{ span, row, metrics }] = calls
      expect(span).toMatchObject({ type: 'llm', model: 'stand-in-1' })
      expect(metrics).toMatchObject({ prompt_tokens: 11, completion_tokens: 3, tokens: 14 })
      expect(JSON.stringify(row.output)).toContain('A picture.')
    },
  )
})

testCitations('instrumentation')
