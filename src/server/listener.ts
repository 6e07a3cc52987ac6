import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import type { Config } from '../config.ts'
import { CliError } from '../errors.ts'
import { drained } from './drain.ts'

/** How long a request may take to arrive whole, in milliseconds: meanwhile it holds room for its body. */
const UPLOAD_MS = 60_000

/**
 * How long a connection that nobody uses stays open, in milliseconds: longer than proxies and clients keep
 * theirs (60 s is usual), so that they close it and not we, just when the next request is on its way.
 */
const IDLE_MS = 75_000

/** Of a request line and its headers, in bytes: an address of 8,192 signs in it takes three for some of them. */
const HEAD_BYTES_MAX = 32_768

type Answer = Parameters<typeof serve>[0]['fetch']

/** A port that is open. */
export interface Listener {
  /** `http://127.0.0.1:4333`. */
  readonly url: string
  /** Lets requests through, first those that wait. */
  answerWith(answer: Answer): void
  /** Takes no connection any more; resolves when what was under way is answered, or given up after so long. */
  close(waitMs: number): Promise<void>
}

/**
 * Opens the port at once, and lets requests wait until there is who answers them: a client that comes
 * while the server starts gets a slow answer, not a refusal, after which an official SDK would drop all
 * its rows. Throws CliError when the port cannot be used.
 */
export async function listen({ host, port: wanted }: Config): Promise<Listener> {
  let begin: (answer: Answer) => void = () => {}
  const begun = new Promise<Answer>((resolve) => {
    begin = resolve
  })
  let answer: Answer = async (...request) => (await begun)(...request)
  const server = serve({
    fetch: (...request) => answer(...request),
    hostname: host,
    port: wanted,
    serverOptions: { maxHeaderSize: HEAD_BYTES_MAX },
  })
  if ('requestTimeout' in server) {
    server.requestTimeout = UPLOAD_MS
    server.keepAliveTimeout = IDLE_MS
  }
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve)
    server.once('error', reject)
  }).catch((cause) => {
    throw new CliError(
      `Port ${wanted} on ${host} cannot be used (${cause.code}). Set HEED_PORT to another.`,
      { cause },
    )
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    answerWith: (next) => {
      answer = next
      begin(next)
    },
    close: (waitMs) => drained(server, waitMs),
  }
}
