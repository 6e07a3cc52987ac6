import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newProject } from '../support/heed.ts'
import { Product } from '../support/product.ts'
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

describe.each(TYPESCRIPT)('wrapOpenAI of $name', (sdk) => {
  const project_name = newProject()
  let answers: Record<'whole' | 'streamed', { id: string; text: string }>
  const row = async (id: string) => (await product.get(`/v1/spans/${id}`, { project_name })).body

  /** The one span below, as it stands in the trace, and its row. */
  async function below(id: string) {
    const { trace_id } = await row(id)
    const { body } = await product.get(`/v1/traces/${trace_id}`, { project_name })
    const spans = body.spans.filter((span: { parent_id: string | null }) => span.parent_id === id)
    expect(spans).toHaveLength(1)
    return { span: spans[0], row: await row(spans[0].id) }
  }

  const metrics = (span: { metrics: { name: string; value: number }[] }) =>
    Object.fromEntries(span.metrics.map(({ name, value }) => [name, value]))

  beforeAll(async () => {
    const env = {
      COMPAT_PROJECT: project_name,
      COMPAT_PROVIDER: provider.url,
      BRAINTRUST_CAPTURE_ATTACHMENTS: '1',
    }
    answers = await runProgram(sdk, 'openai', product.url, env)
  })

  test.each(['whole', 'streamed'] as const)(
    'a chat that is answered %s is a span of type llm with model and tokens',
    async (how) => {
      const { span, row } = await below(answers[how].id)
      expect(span).toMatchObject({ type: 'llm', model: 'stand-in-1' })
      expect(metrics(span)).toMatchObject({ prompt_tokens: 11, completion_tokens: 3, tokens: 14 })
      expect(JSON.stringify(row.output)).toContain(answers[how].text)
      expect(metrics(span).time_to_first_token).toBeGreaterThanOrEqual(0)
    },
  )

  test('the answers are those of the provider', () => {
    expect([answers.whole.text, answers.streamed.text]).toEqual(['A picture.', 'one two three'])
  })

  test('a picture in a question is there, as an attachment where the SDK makes it one', async () => {
    const { row } = await below(answers.whole.id)
    const [{ content }] = row.input
    const image = content.find((part: { type: string }) => part.type === 'image_url')
    if (sdk.module !== 'braintrust') {
      // Sent as it was: this version captures no attachments of chats.
      expect(image.image_url.url).toBe('data:image/png;base64,aGVsbG8=')
      return
    }
    const { key, filename, content_type } = image.image_url.url
    expect(content_type).toBe('image/png')
    const { body } = await product.get('/attachment', { key, filename, content_type })
    expect(body.status.upload_status).toBe('done')
    expect(await (await fetch(body.downloadUrl)).text()).toBe('hello')
  })
})
