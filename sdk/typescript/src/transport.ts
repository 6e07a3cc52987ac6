import type { Sealed } from './queue.ts'

/** What the SDK asks of `fetch`: the global one fits, and so does a function in a test. */
export type Fetch = (url: string, request: FetchRequest) => Promise<FetchResponse>

export interface FetchRequest {
  readonly method: 'POST'
  readonly headers: Record<string, string>
  readonly body: ArrayBuffer
  readonly signal: AbortSignal
}

export interface FetchResponse {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  text(): Promise<string>
}

/** Smaller bodies gain nothing from compression. */
const GZIP_FROM_BYTES = 1024

const encoder = new TextEncoder()

/** The JSON body of one request: an envelope around items that are JSON already. */
export function encodeBody(
  envelope: { project_name: string; sent_at: string },
  batch: readonly Sealed[],
): ArrayBuffer {
  const parts: Uint8Array[] = [
    encoder.encode(JSON.stringify({ api_version: 2, ...envelope }).slice(0, -1)),
  ]
  for (const list of ['rows', 'feedback'] as const) {
    let separator = `,"${list}":[`
    for (const item of batch) {
      if (item.list !== list) continue
      parts.push(encoder.encode(separator), item.bytes)
      separator = ','
    }
    parts.push(encoder.encode(separator === ',' ? ']' : `${separator}]`))
  }
  parts.push(encoder.encode('}'))
  return concat(parts)
}

function concat(parts: readonly Uint8Array[]): ArrayBuffer {
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.byteLength
  }
  return whole.buffer
}

/** Compresses where the runtime can and it pays; else the bytes as they are. */
async function compress(
  bytes: ArrayBuffer,
): Promise<{ body: ArrayBuffer; encoding: Record<string, string> }> {
  if (bytes.byteLength <= GZIP_FROM_BYTES || typeof CompressionStream === 'undefined') {
    return { body: bytes, encoding: {} }
  }
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'))
  const body = await new Response(stream).arrayBuffer()
  return { body, encoding: { 'content-encoding': 'gzip' } }
}

export interface Destination {
  readonly url: string
  readonly apiKey: string | undefined
  readonly fetch: Fetch
  readonly attemptTimeoutMs: number
}

/** Sends one body. Rejects if no answer came in time. */
export async function post(
  { url, apiKey, fetch, attemptTimeoutMs }: Destination,
  bytes: ArrayBuffer,
): Promise<{ status: number; retryAfter: string | null; text: string }> {
  const { body, encoding } = await compress(bytes)
  const response = await fetch(`${url}/logs3`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...encoding,
      ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
    },
    body,
    signal: AbortSignal.timeout(attemptTimeoutMs),
  })
  const text = await response.text()
  return { status: response.status, retryAfter: response.headers.get('retry-after'), text }
}
