import { Agent, request } from 'node:http'
import type { Body } from './bodies.ts'

/** Of an address; a list stands several times. */
export type Query = Readonly<Record<string, string | string[]>>

export interface Answer {
  readonly status: number
  readonly text: string
}

/** What reads need. */
export interface Getter {
  get(path: string, query: Query): Promise<Answer>
}

export function address(path: string, query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  )
  return `${path}?${new URLSearchParams(pairs)}`
}

/** Requests with a key over connections that stay open. `node:http`, since `fetch` costs more CPU. */
export class Client implements Getter {
  readonly #url: string
  readonly #authorization: string
  readonly #agent: Agent

  constructor(url: string, apiKey: string, connections: number) {
    this.#url = url
    this.#authorization = `Bearer ${apiKey}`
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections })
  }

  get(path: string, query: Query = {}): Promise<Answer> {
    return this.#send('GET', address(path, query))
  }

  /** Posts JSON. Resolves when the server acknowledged it. */
  post(path: string, json: string): Promise<Answer> {
    return this.#send('POST', path, Buffer.from(json), false)
  }

  /**
   * Posts rows until they are acknowledged: a busy server is asked again. Returns how often it had
   * to be. Throws when any of them was refused.
   */
  async deliver(body: Body): Promise<number> {
    for (let retries = 0; ; retries++) {
      const { status, text } = await this.#send('POST', '/logs3', body.bytes, body.isGzip)
      if (status === 200 && text.endsWith('"rejected":[]}')) return retries
      if (status !== 429 && status !== 503) throw new Error(`${status} ${text.slice(0, 500)}`)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  close(): void {
    this.#agent.destroy()
  }

  #send(method: string, path: string, body?: Uint8Array, isGzip = false): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = {
        authorization: this.#authorization,
        ...(body && {
          'content-type': 'application/json',
          'content-length': body.byteLength,
        }),
        ...(isGzip && { 'content-encoding': 'gzip' }),
      }
      const sent = request(`${this.#url}${path}`, { method, headers, agent: this.#agent })
      sent.on('error', reject)
      sent.on('response', (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        )
      })
      sent.end(body)
    })
  }
}
