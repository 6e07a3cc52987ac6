import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { API_KEY, newProject } from '../support/heed.ts'
import { Product } from '../support/product.ts'
import { modelCall } from './model-call.ts'
import { openProvider } from './provider.ts'
import { HEED_PYTHON, NEWEST, runProgram, type Sdk } from './sdks.ts'

const [, OFFICIAL] = NEWEST

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

/** Runs a program with a wrapped client; what the server then holds of its calls, by their names there. */
async function calls(sdk: Sdk, name: string) {
  const project_name = newProject()
  const printed: Record<string, { id: string }> = await runProgram(sdk, name, product.url, {
    COMPAT_PROJECT: project_name,
    COMPAT_PROVIDER: provider.url,
    HEED_URL: product.url,
    HEED_API_KEY: API_KEY,
    PYTHONPATH: fileURLToPath(new URL('../../sdk/python/src', import.meta.url)),
  })
  const told: Record<string, unknown> = {}
  for (const [how, { id }] of Object.entries(printed)) {
    const { span, row, metrics } = await modelCall(product, project_name, id)
    const tokens = Object.entries(metrics).filter(([metric]) => metric.includes('tokens'))
    const { type, model } = span
    told[how] = {
      ...{ type, model, tokens: Object.fromEntries(tokens) },
      ...{ input: alike(row.input), output: alike(row.output) },
    }
  }
  return told
}

/** Without what the page says differs: where a picture is kept, where the instructions stand, and keys that are null. */
function alike(value: unknown): unknown {
  if (Array.isArray(value)) {
    const isSystem = (item: { role?: unknown }) => item?.role === 'system'
    return [...value.filter(isSystem), ...value.filter((item) => !isSystem(item))].map(alike)
  }
  if (value === null || typeof value !== 'object') return value
  if ('type' in value && /^image(_url)?$/.test(String(value.type))) return 'a picture'
  const told = Object.entries(value).filter(([, one]) => one !== null)
  return Object.fromEntries(told.map(([key, one]) => [key, alike(one)]))
}

test.each(['wrap-openai', 'wrap-anthropic'])(
  'calls by the client of %s are the same spans, whichever package wrapped it',
  async (name) => {
    const theirs = await calls(OFFICIAL, name)
    const ours = await calls(HEED_PYTHON, name)
    expect(Object.keys(theirs).length).toBeGreaterThan(3)
    expect(ours).toEqual(theirs)
  },
  90_000,
)
