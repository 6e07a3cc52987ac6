// Chats and responses by the wrapped client of a provider, whole, streamed and refused; prints the ids of the rows around it.
import OpenAI from 'openai'

const { initLogger, wrapOpenAI, traced } = await import(process.env.COMPAT_SDK)

const logger = initLogger({ projectName: process.env.COMPAT_PROJECT })
const provider = { baseURL: `${process.env.COMPAT_PROVIDER}/v1`, apiKey: 'none' }
const client = wrapOpenAI(new OpenAI(provider))
const ask = { model: 'stand-in-1', temperature: 0 }

const whole = await traced(
  async (span) => {
    const { choices } = await client.chat.completions.create({
      ...ask,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,aGVsbG8=' } },
          ],
        },
      ],
    })
    return { id: span.id, text: choices[0].message.content }
  },
  { name: 'whole' },
)

const streamed = await traced(
  async (span) => {
    const stream = await client.chat.completions.create({
      ...ask,
      messages: [{ role: 'user', content: 'Count' }],
      stream: true,
      stream_options: { include_usage: true },
    })
    let text = ''
    for await (const { choices } of stream) text += choices[0]?.delta?.content ?? ''
    return { id: span.id, text }
  },
  { name: 'streamed' },
)

const responded = await traced(
  async (span) => {
    const { output_text } = await client.responses.create({ ...ask, input: 'What is this?' })
    return { id: span.id, text: output_text }
  },
  { name: 'responded' },
)

const respondedInPieces = await traced(
  async (span) => {
    const stream = await client.responses.create({ ...ask, input: 'Count', stream: true })
    let text = ''
    for await (const { type, delta } of stream) {
      if (type === 'response.output_text.delta') text += delta
    }
    return { id: span.id, text }
  },
  { name: 'responded in pieces' },
)

const refused = { id: '', message: '' }
try {
  await traced(
    async (span) => {
      refused.id = span.id
      await client.chat.completions.create({
        ...ask,
        model: 'missing',
        messages: [{ role: 'user', content: 'Anyone?' }],
      })
    },
    { name: 'refused' },
  )
} catch (error) {
  refused.message = error.message
}
await logger.flush()
console.log(JSON.stringify({ whole, streamed, responded, respondedInPieces, refused }))
