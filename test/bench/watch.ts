import { get } from 'node:http'
import { PROJECT } from './bodies.ts'

/** Listens to `GET /v1/live`. Calls back with the feedback ids of each change. Returns the way out. */
export function watch(
  url: string,
  apiKey: string,
  onFeedback: (ids: readonly string[]) => void,
): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const request = get(
      `${url}/v1/live?project_name=${PROJECT}`,
      { headers: { authorization: `Bearer ${apiKey}` } },
      (response) => {
        if (response.statusCode !== 200) reject(new Error(`/v1/live: ${response.statusCode}`))
        let text = ''
        response.setEncoding('utf8')
        response.on('error', () => {}) // the way out tears the connection
        response.on('data', (chunk: string) => {
          const events = (text + chunk).split('\n\n')
          text = events.pop() ?? ''
          for (const event of events) onFeedback(feedbackOf(event))
        })
        resolve(() => request.destroy())
      },
    )
    request.on('error', reject)
  })
}

function feedbackOf(event: string): readonly string[] {
  if (!/^event: ?change$/m.test(event)) return []
  const change: { feedback: string[] } = JSON.parse(/^data: ?(.*)$/m.exec(event)?.[1] ?? '')
  return change.feedback
}
