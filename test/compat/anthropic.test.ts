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

describe.each(SDKS)('the wrapped Anthropic client of $name', (sdk) => {
  const project_name = newProject()
  let printed: Record<'whole' | 'streamed' | 'awaited', { id: string; text: string }> & {
    refused: { id: string; message: string }
  }

  const call = (id: string) => modelCall(product, project_name, id)

  beforeAll(async () => {
    const env = { COMPAT_PROJECT: project_name, COMPAT_PROVIDER: provider.url }
    printed = await runProgram(sdk, 'wrap-anthropic', product.url, env)
  })

  // In TypeScript every answer is awaited; in Python by a client of its own.
  const awaited = sdk.language === 'python' ? (['awaited'] as const) : []

  test.each(['whole', 'streamed', ...awaited] as const)(
    'a message that is answered %s is a span of type llm with model and tokens',
    async (how) => {
      const { id, text } = printed[how]
      expect(text).toBe(how === 'whole' ? 'A picture.' : 'one two three')
      const { span, row, metrics } = await call(id)
      expect(span).toMatchObject({ type: 'llm', model: 'stand-in-1' })
      expect(metrics).toMatchObject({
        prompt_tokens: 11,
        prompt_cached_tokens: 4,
        completion_tokens: 3,
        tokens: 14,
      })
      // Of a stream the TypeScript SDKs log the text alone.
      const told = typeof row.output === 'string' ? row.output : row.output.content[0].text
      expect(told).toBe(text)
      expect(row.input).toContainEqual({ role: 'system', content: 'Be brief.' })
      expect(metrics.time_to_first_token).toBeGreaterThanOrEqual(0)
    },
  )

  test('a refusal is the error of the call and of the span around it', async () => {
    expect(printed.refused.message).toContain('The model does not exist.')
    const around = await rowOf(product, project_name, printed.refused.id)
    expect(around.error_detail).toContain('The model does not exist.')
    const { span, row } = await call(printed.refused.id)
    expect(span).toMatchObject({ type: 'llm', model: 'missing' })
    expect(row.input).toContainEqual({ role: 'user', content: 'Anyone?' })
    // This version leaves the error to the span around the call.
    if (sdk.name === 'npm 0.4.10') expect(row.error).toBeNull()
    else expect(row.error).toContain('The model does not exist.')
  })

  test('a picture in a question is an attachment where the SDK makes it one', async () => {
    const [asked] = (await call(printed.whole.id)).row.input.filter(
      (message: { role: string }) => message.role === 'user',
    )
    const picture = asked.content.find((part: { type: string }) => part.type === 'image')
    if (sdk.name === 'PyPI 0.7.0') {
      // Sent as it was: this version makes no attachments of messages.
      expect(picture.source.data).toBe('aGVsbG8=')
      return
    }
    const reference = picture.source.data ?? picture.image_url.url
    expect(reference.content_type).toBe('image/png')
    expect(await attached(product, reference)).toBe('hello')
  })
})

testCitations('anthropic')
