import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newProject } from '../support/heed.ts'
import { Product } from '../support/product.ts'
import { testCitations } from './citations.ts'
import { runProgram, SDKS } from './sdks.ts'

/** A third of it is advertised. */
const BODY_BYTES_MAX = 3 * 2 ** 20

/** Pairs of letters, of 3 bytes each from TypeScript, and of 7 from Python, which escapes one of them. */
const PAIRS = 400_000

let product: Product
beforeAll(async () => {
  product = await Product.start({ HEED_BODY_BYTES_MAX: String(BODY_BYTES_MAX) })
})
afterAll(async () => product?.stop())

test.each(SDKS)('a span larger than a request arrives whole from $name', async (sdk) => {
  const project_name = newProject()
  const env = { COMPAT_PROJECT: project_name, COMPAT_PAIRS: String(PAIRS) }
  const ids = await runProgram(sdk, 'large', product.url, env)
  const inputs = await Promise.all(
    ids.map(
      async (id: string) => (await product.get(`/v1/spans/${id}`, { project_name })).body.input,
    ),
  )
  expect(inputs).toEqual(['before', 'äx'.repeat(PAIRS), 'after'])
})

test('SDKs that know of it went by the upload', () => {
  const folders = readdirSync(join(product.dataDir, 'overflow'))
  expect(folders.length).toBeGreaterThan(0)
})

testCitations('large')
