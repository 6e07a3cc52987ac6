import { once } from 'node:events'
import { type Agent, type IncomingMessage, request } from 'node:http'
import { API_KEY } from '../support/heed.ts'

/** What became of a request. */
export type Outcome =
  | { kind: 'answered'; status: number; retryAfter: string | undefined; text: string }
  /** Nobody listens. */
  | { kind: 'unconnected' }
  /** The connection was reset before the server read the request: it holds what nobody has read. */
  | { kind: 'unread' }
  /** A connection that was kept was closed before a byte of an answer: nobody can tell whether it was read. */
  | { kind: 'stale' }
  /** The server had it, or began to answer, and then was gone. */
  | { kind: 'torn'; why: string }

interface Sent {
  readonly body?: string | Buffer
  /** Of kept connections; absent: one of its own. */
  readonly agent?: Agent
}

/**
 * One request with a key, by `node:http`: unlike `fetch` it tells how a connection ended. The kernel
 * resets one that is closed with unread bytes in it (`read` or `write` fails); one whose request was
 * read it ends, which Node calls a hang up, without a system call.
 */
export async function exchange(url: string, { body, agent }: Sent = {}): Promise<Outcome> {
  const headers = {
    authorization: `Bearer ${API_KEY}`,
    ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
  }
  const method = body === undefined ? 'GET' : 'POST'
  const sent = request(url, { method, headers, agent: agent ?? false })
  // A body that is cut off by its answer, which counts.
  sent.on('error', () => {})
  sent.end(body)
  let answer: IncomingMessage | undefined
  try {
    ;[answer] = (await once(sent, 'response')) as [IncomingMessage]
    let text = ''
    for await (const chunk of answer.setEncoding('utf8')) {
      text += chunk
    }
    const retryAfter = answer.headers['retry-after']
    return { kind: 'answered', status: answer.statusCode ?? 0, retryAfter, text }
  } catch (reason) {
    const { code, syscall, message } = reason as NodeJS.ErrnoException
    if (code === 'ECONNREFUSED') return { kind: 'unconnected' }
    const why = `${code} ${syscall ?? ''} ${message}`
    if (answer) return { kind: 'torn', why: `${why}, in the middle of an answer` }
    if (sent.reusedSocket) return { kind: 'stale' }
    const isReset = code === 'EPIPE' || (code === 'ECONNRESET' && syscall !== undefined)
    return isReset ? { kind: 'unread' } : { kind: 'torn', why }
  }
}
