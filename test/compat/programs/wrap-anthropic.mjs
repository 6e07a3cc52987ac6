// Messages by the wrapped client of a provider, whole, streamed and refused; prints the ids of the rows around them.
import Anthropic from '@anthropic-ai/sdk'

const { initLogger, wrapAnthropic, traced } = await import(process.env.COMPAT_SDK)

const logger = initLogger({ projectName: process.env.COMPAT_PROJECT })
const provider = { baseURL: process.env.COMPAT_PROVIDER, apiKey: 'none' }
const client = wrapAnthropic(new Anthropic(provider))
const ask = { model: 'stand-in-1', max_tokens: 100, system: 'Be brief.' }

const whole = await traced(
  async (span) => {
    const source = { type: 'base64', media_type: 'image/png', data: 'aGVsbG8=' }
    const content = [
      { type: 'text', text: 'What is this?' },
      { type: 'image', source },
    ]
    const answer = await client.messages.create({ ...ask, messages: [{ role: 'user', content }] })
    return { id: span.id, text: answer.content[0].text }
  },
  { name: 'whole' },
)

const streamed = await traced(
  async (span) => {
    const messages = [{ role: 'user', content: 'Count' }]
    const stream = await client.messages.create({ ...ask, messages, stream: true })
    let text = ''
    for await (const { delta } of stream) text += delta?.text ?? ''
    return { id: span.id, text }
  },
  { name: 'streamed' },
)

const refused = { id: '', message: '' }
try {
  await traced(
    async (span) => {
      refused.id = span.id
      const messages = [{ role: 'user', content: 'Anyone?' }]
      await client.messages.create({ ...ask, model: 'missing', messages })
    },
    { name: 'refused' },
  )
} catch (error) {
  refused.message = error.message
}
await logger.flush()
console.log(JSON.stringify({ whole, streamed, refused }))
