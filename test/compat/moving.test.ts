import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Product } from '../support/product.ts'
import { runProgram, SDKS } from './sdks.ts'

const read = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8')
const page = read('../../docs/moving-from-braintrust.md')

let product: Product
beforeAll(async () => {
  product = await Product.start()
})
afterAll(async () => product?.stop())

const RUN = SDKS.filter(({ name }) => name !== 'npm 0.4.10')

test.each(RUN)(
  'the program of the page runs with $name, and does what the page says',
  async (sdk) => {
    const [, block = ''] =
      new RegExp(`   \`\`\`${sdk.ending.replace('mjs', 'js')}\\n([^]*?)   \`\`\``).exec(page) ?? []
    const code = block.replaceAll(/^ {3}/gm, '')
    expect(code).toBe(read(`programs/moving.${sdk.ending}`))
    const { id } = await runProgram(sdk, 'moving', product.url, {})
    const project_name = 'my-app'
    const { body: span } = await product.get(`/v1/spans/${id}`, { project_name })
    const { body } = await product.get(`/v1/traces/${span.trace_id}`, { project_name })
    expect(body.judgements).toMatchObject([{ user: 'u1', name: 'helpful', value: 1 }])
    expect(body.comments).toMatchObject([{ user: 'u1', text: 'Just what I needed' }])
  },
)
