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

/** Posts whatever its size as it is: it knows of no upload. */
const WITHOUT_UPLOAD = 'npm 0.4.10'

let product: Product
beforeAll(async () => {
  product = await Product.start({ HEED_BODY_BYTES_MAX: String(BODY_BYTES_MAX) })
})
afterAll(async () => product?.stop())

/** How many bodies came apart from their requests. */
function uploads(): number {
  try {
    const entries = readdirSync(join(product.dataDir, 'overflow'), {
      recursive: true,
      withFileTypes: true,
    })
    return entries.filter((entry) => entry.isFile()).length
  } catch {
    return 0 // nothing yet
  }
}

test.each(SDKS)(
  'a span larger than a request arrives whole from $name',
  async (sdk) => {
    const project_name = newProject()
    const before = uploads()
    const { ids, isWhole } = await runProgram(sdk, 'large', product.url, {
      COMPAT_PROJECT: project_name,
      COMPAT_PAIRS: String(PAIRS),
    })
    const inputs = await Promise.all(
      ids.map(
        async (id: string) => (await product.get(`/v1/spans/${id}`, { project_name })).body.input,
      ),
    )
    expect(inputs).toEqual(['before', 'äx'.repeat(PAIRS), 'after'])
    // The same of a record of a dataset.
    expect(isWhole).toBe(true)
    expect(uploads() - before).toBe(sdk.name === WITHOUT_UPLOAD ? 0 : 2)
  },
  60_000,
)

testCitations('large')
