// Answers by the wrapped AI SDK, whole, streamed and by a tool; prints the ids of the rows around them.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import * as ai from 'ai'

const { initLogger, traced, wrapAISDK } = await import(process.env.COMPAT_SDK)

const logger = initLogger({ projectName: process.env.COMPAT_PROJECT })
const at = `${process.env.COMPAT_PROVIDER}/v1`
const model = createOpenAICompatible({ name: 'stand-in', baseURL: at, includeUsage: true })(
  'stand-in-1',
)
const { generateText, streamText } = wrapAISDK(ai)

const whole = await traced(
  async (span) => {
    const { text } = await generateText({ model, prompt: 'What is this?' })
    return { id: span.id, text }
  },
  { name: 'whole' },
)
const streamed = await traced(
  async (span) => {
    let text = ''
    for await (const part of streamText({ model, prompt: 'Count' }).textStream) text += part
    return { id: span.id, text }
  },
  { name: 'streamed' },
)
await logger.flush()
console.log(JSON.stringify({ whole, streamed }))
