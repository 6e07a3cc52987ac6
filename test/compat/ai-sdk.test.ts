import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newProject } from '../support/heed.ts'
import { Product } from '../support/product.ts'
import { testCitations } from './citations.ts'
import { modelCalls } from './model-call.ts'
import { openProvider } from './provider.ts'
import { runProgram, TYPESCRIPT } from './sdks.ts'

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

describe.each(TYPESCRIPT)('the wrapped AI SDK of $name', (sdk) => {
  const project_name = newProject()
  let printed: Record<'whole' | 'streamed', { id: string; text: string }>

  beforeAll(async () => {
    printed = await runProgram(sdk, 'wrap-ai-sdk', product.url, {
      COMPAT_PROJECT: project_name,
      COMPAT_PROVIDER: provider.url,
    })
  })

  test.each([
    ['whole', 'generateText', 'A picture.'],
    ['streamed', 'streamText', 'one two three'],
  ] as const)(
    'a text that is answered %s is a span with model and tokens',
    async (how, name, text) => {
      expect(printed[how].text).toBe(text)
      const [asked, ...others] = await modelCalls(product, project_name, printed[how].id)
      expect([asked?.span.name, others]).toEqual([name, []])
      // The newer one has a span for the call of the model below that of the function.
      const isNew = sdk.module === 'braintrust'
      const [call] = isNew ? await modelCalls(product, project_name, asked?.span.id ?? '') : [asked]
      expect(call?.span).toMatchObject({ type: 'llm', model: 'stand-in-1' })
      expect(call?.metrics).toMatchObject({ prompt_tokens: 11, completion_tokens: 3, tokens: 14 })
      expect(JSON.stringify(call?.row.output)).toContain(text)
    },
  )
})

testCitations('ai-sdk')
