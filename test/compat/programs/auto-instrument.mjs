// Calls by clients that nobody wrapped, in a process that began with the SDK's hook; prints the ids of the rows around.
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'

const { initLogger, traced } = await import(process.env.COMPAT_SDK)

const logger = initLogger({ projectName: process.env.COMPAT_PROJECT })
const ask = { model: 'stand-in-1', messages: [{ role: 'user', content: 'What is this?' }] }
const at = process.env.COMPAT_PROVIDER
const printed = {}
await traced(
  async (span) => {
    printed.openai = span.id
    await new OpenAI({ baseURL: `${at}/v1`, apiKey: 'none' }).chat.completions.create(ask)
  },
  { name: 'openai' },
)
await traced(
  async (span) => {
    printed.anthropic = span.id
    const client = new Anthropic({ baseURL: at, apiKey: 'none' })
    await client.messages.create({ ...ask, max_tokens: 100 })
  },
  { name: 'anthropic' },
)
await logger.flush()
console.log(JSON.stringify(printed))
