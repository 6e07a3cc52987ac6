import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newProject } from '../support/heed.ts'
import { Product } from '../support/product.ts'
import { testCitations } from './citations.ts'
import { attached, modelCall, rowOf } from './model-call.ts'
import { openProvider } from './provider.ts'
import { runProgram, SDKS } from './sdks.ts'

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

describe.each(SDKS)('the wrapped OpenAI client of $name', (sdk) => {
  const project_name = newProject()
  let printed: Record<
    'whole' | 'streamed' | 'awaited' | 'responded' | 'respondedInPieces' | 'respondedAwaited',
    { id: string; text: string }
  > & {
    refused: { id: string; message: string }
  }

  const call = (id: string) => modelCall(product, project_name, id)

  beforeAll(async () => {
    const env = {
      COMPAT_PROJECT: project_name,
      COMPAT_PROVIDER: provider.url,
      BRAINTRUST_CAPTURE_ATTACHMENTS: '1',
    }
    printed = await runProgram(sdk, 'wrap-openai', product.url, env)
  })

  // In TypeScript every answer is awaited; in Python by a client of its own.
  const awaited = sdk.language === 'python' ? (['awaited'] as const) : []

  test.each(['whole', 'streamed', ...awaited] as const)(
    'a chat that is answered %s is a span of type llm with model and tokens',
    async (how) => {
      const { id, text } = printed[how]
      expect(text).toBe(how === 'whole' ? 'A picture.' : 'one two three')
      const { span, row, metrics } = await call(id)
      expect(span).toMatchObject({ type: 'llm', model: 'stand-in-1' })
      expect(metrics).toMatchObject({ prompt_tokens: 11, completion_tokens: 3, tokens: 14 })
      expect(row.output[0].message).toMatchObject({ role: 'assistant', content: text })
      expect(metrics.time_to_first_token).toBeGreaterThanOrEqual(0)
    },
  )

  const respondedAwaited = sdk.language === 'python' ? (['respondedAwaited'] as const) : []

  test.each(['responded', 'respondedInPieces', ...respondedAwaited] as const)(
    'a call of the Responses API that is %s is a span of type llm with model and tokens',
    async (how) => {
      const { id, text } = printed[how]
      expect(text).toBe(how === 'responded' ? 'A picture.' : 'one two three')
      const { span, row, metrics } = await call(id)
      expect(span).toMatchObject({ type: 'llm', model: 'stand-in-1' })
      expect(metrics).toMatchObject({
        prompt_tokens: 11,
        prompt_cached_tokens: 4,
        completion_tokens: 3,
        completion_reasoning_tokens: 1,
        tokens: 14,
      })
      expect(metrics.time_to_first_token).toBeGreaterThanOrEqual(0)
      expect(row.input).toBe(how === 'responded' ? 'What is this?' : 'Count')
      expect(row.output).toMatchObject([
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] },
      ])
    },
  )

  test('a refusal is the error of the span around it, and the call keeps its question', async () => {
    expect(printed.refused.message).toContain('The model does not exist.')
    const around = await rowOf(product, project_name, printed.refused.id)
    expect(around.error_detail).toContain('The model does not exist.')
    expect(around.error).toContain('The model does not exist.')
    const { span, row, metrics } = await call(printed.refused.id)
    expect(span).toMatchObject({ type: 'llm', model: 'missing' })
    expect(row).toMatchObject({ input: [{ role: 'user', content: 'Anyone?' }], output: null })
    expect(metrics.end).toBeGreaterThan(0)
    // The others leave the error to the span around the call.
    if (sdk.name === 'npm 3.35.0') expect(row.error).toContain('The model does not exist.')
    else expect(row.error).toBeNull()
  })

  test('a picture in a question is there, as an attachment where the SDK makes it one', async () => {
    const { row } = await call(printed.whole.id)
    const [{ content }] = row.input
    const image = content.find((part: { type: string }) => part.type === 'image_url')
    if (sdk.name === 'npm 0.4.10') {
      // Sent as it was: this version captures no attachments of chats.
      expect(image.image_url.url).toBe('data:image/png;base64,aGVsbG8=')
      return
    }
    expect(image.image_url.url.content_type).toBe('image/png')
    expect(await attached(product, image.image_url.url)).toBe('hello')
  })
})

testCitations('openai')
