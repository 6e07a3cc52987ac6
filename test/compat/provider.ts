import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import {
  CHUNKS,
  COMPLETION,
  EMBEDDINGS,
  EVENTS,
  MESSAGE,
  MODEL,
  NO_SUCH_MODEL,
  RESPONSE,
  RESPONSE_EVENTS,
} from './provider-answers.ts'

/** As the two providers name their events beside what they say in them. */
const named = (event: { readonly type: string }) =>
  `event: ${event.type}\ndata: ${JSON.stringify(event)}`

/** Of chat completions, responses, embeddings and messages. */
const ANSWERS: Record<string, { whole: object; streamed: readonly string[] }> = {
  '/v1/chat/completions': {
    whole: COMPLETION,
    streamed: [...CHUNKS.map((chunk) => `data: ${JSON.stringify(chunk)}`), 'data: [DONE]'],
  },
  '/v1/responses': { whole: RESPONSE, streamed: RESPONSE_EVENTS.map(named) },
  '/v1/embeddings': { whole: EMBEDDINGS, streamed: [] },
  '/v1/messages': {
    whole: MESSAGE,
    streamed: EVENTS.map(named),
  },
}

/** Stands in for two providers of models: fixed answers, whole or as a stream of events. */
export async function openProvider() {
  const server = createServer(async (request, response) => {
    const { model, stream } = (await json(request)) as { model: string; stream?: boolean }
    const answer = ANSWERS[request.url ?? '']
    if (!answer || model !== MODEL) {
      response.writeHead(404, { 'content-type': 'application/json' })
      response.end(JSON.stringify(NO_SUCH_MODEL))
      return
    }
    if (!stream) {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer.whole))
      return
    }
    response.setHeader('content-type', 'text/event-stream')
    for (const event of answer.streamed) response.write(`${event}\n\n`)
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
