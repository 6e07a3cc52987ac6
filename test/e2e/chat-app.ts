import { initLogger } from 'heed'
import { API_KEY } from '../support/heed.ts'

/**
 * An application under observation: handlers from a web-standard Request to a Response, wired as the
 * documentation would have it. `flush` before the answer makes the moment of acknowledgement known.
 */
export function chatApp(url: string, projectName: string) {
  const logger = initLogger({ projectName, url, apiKey: API_KEY })
  const json = (request: Request): Promise<ReturnType<typeof JSON.parse>> => request.json()

  return {
    logger,

    chat: async (request: Request): Promise<Response> => {
      const { question } = await json(request)
      const answer = await logger.traced(
        async (span) => {
          span.log({ input: { messages: [{ role: 'user', content: question }] } })
          const found = await span.traced(
            async (child) => {
              child.log({ input: { question }, output: ['Paris is the capital of France.'] })
              return 'Paris'
            },
            { name: 'retrieve', type: 'tool' },
          )
          span.log({ output: `The answer is ${found}.`, metadata: { model: 'rules-1' } })
          return { text: `The answer is ${found}.`, requestId: span.id }
        },
        { name: 'chat', type: 'task' },
      )
      await logger.flush()
      return Response.json(answer)
    },

    feedback: async (request: Request): Promise<Response> => {
      const { requestId, ...feedback } = await json(request)
      const feedbackId = logger.logFeedback({ id: requestId, source: 'app', ...feedback })
      await logger.flush()
      return Response.json({ feedbackId })
    },

    feedbackAsSpan: async (request: Request): Promise<Response> => {
      const { requestId, scores, comment, user } = await json(request)
      logger.traced((span) => span.log({ scores, comment, metadata: { user_id: user } }), {
        name: 'user_feedback',
        parent: requestId,
      })
      await logger.flush()
      return Response.json({})
    },
  }
}

/** Calls a handler as a browser would. */
export async function call(handler: (request: Request) => Promise<Response>, body: object) {
  const request = new Request('http://app/', { method: 'POST', body: JSON.stringify(body) })
  const answer: ReturnType<typeof JSON.parse> = await (await handler(request)).json()
  return answer
}
