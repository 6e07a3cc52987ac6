import { Logger } from './logger.ts'
import type { LoggerOptions } from './options.ts'
import type { Fetch } from './transport.ts'

/** A row or a feedback as it arrived. */
export interface Received {
  readonly [field: string]: unknown
  readonly id: string
  readonly created: string
  readonly span_id: string
  readonly root_span_id: string
  readonly metrics: Readonly<Record<string, number>>
  readonly span_attributes: { readonly name: string; readonly type?: string }
}

/** A body as it arrived. */
export interface ReceivedBody {
  readonly [field: string]: unknown
  readonly sent_at: string
  readonly rows: readonly Received[]
  readonly feedback: readonly Received[]
}

interface Answer {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body?: unknown
}

/** Says what one request gets: an answer, or an error that is thrown in place of one. */
export type Script = Answer | Error | ((body: ReceivedBody) => Answer | Promise<Answer>)

/** A server that is a function: it keeps what it gets and answers what it is told, then 200. */
export function fakeServer(...script: Script[]) {
  const requests: { url: string; headers: Record<string, string>; body: ReceivedBody }[] = []
  const fetch: Fetch = async (url, { headers, body, signal }) => {
    const text = await decode(body, headers['content-encoding'])
    const request = { url, headers, body: JSON.parse(text) }
    requests.push(request)
    const next = script.shift()
    if (next instanceof Error) throw next
    const answer = typeof next === 'function' ? await next(request.body) : (next ?? {})
    signal.throwIfAborted()
    const { status = 200, headers: answered = {}, body: said = { rejected: [] } } = answer
    return {
      status,
      headers: { get: (name) => answered[name] ?? null },
      text: async () => (typeof said === 'string' ? said : JSON.stringify(said)),
    }
  }
  return {
    fetch,
    requests,
    rows: (): Received[] => requests.flatMap(({ body }) => body.rows),
    feedback: (): Received[] => requests.flatMap(({ body }) => body.feedback),
  }
}

async function decode(body: ArrayBuffer, encoding: string | undefined): Promise<string> {
  if (encoding !== 'gzip') return new TextDecoder().decode(body)
  const stream = new Blob([body]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Response(stream).text()
}

/** A logger in front of a fake server. Its problems are collected, as their messages. */
export function fakeLogger(
  server: { readonly fetch: Fetch } = fakeServer(),
  options: Partial<LoggerOptions> = {},
) {
  const problems: string[] = []
  const logger = new Logger({
    projectName: 'test',
    apiKey: 'key',
    url: 'http://heed.test',
    fetch: server.fetch,
    onError: ({ code, message }) => problems.push(`${code}: ${message}`),
    ...options,
  })
  return { logger, problems }
}

/** A value as a program without types may give it. */
export const untyped = <Type>(value: unknown): Type => value as Type
