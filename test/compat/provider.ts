import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

const USAGE = { prompt_tokens: 11, completion_tokens: 3, total_tokens: 14 }
const WORDS = ['one ', 'two ', 'three']

const base = (object: string) => ({
  id: 'chat-1',
  created: 1_790_000_000,
  model: 'stand-in-1',
  object,
})

const COMPLETION = {
  ...base('chat.completion'),
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'A picture.' },
      finish_reason: 'stop',
    },
  ],
  usage: USAGE,
}

const CHUNKS = [
  ...WORDS.map((content, i) => ({
    ...base('chat.completion.chunk'),
    choices: [
      { index: 0, delta: { ...(i === 0 && { role: 'assistant' }), content }, finish_reason: null },
    ],
    usage: null,
  })),
  {
    ...base('chat.completion.chunk'),
    choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
    usage: null,
  },
  { ...base('chat.completion.chunk'), choices: [], usage: USAGE },
]

/** Stands in for a provider of chat completions: fixed answers, whole or as a stream of events. */
export async function openProvider() {
  const server = createServer(async (request, response) => {
    const { stream } = (await json(request)) as { stream?: boolean }
    if (!stream) {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(COMPLETION))
      return
    }
    response.setHeader('content-type', 'text/event-stream')
    for (const chunk of CHUNKS) response.write(`data: ${JSON.stringify(chunk)}\n\n`)
    response.end('data: [DONE]\n\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
