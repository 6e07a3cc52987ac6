/**
 * The id is the address. A span's row id is `<trace id>-<span id>`: 32 hex digits, a dash, 16 hex
 * digits. The trace id is a UUIDv7 without dashes, so an id alone tells trace, span and minute.
 */

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Random bytes are drawn in advance: one call for 1 KB costs as much as one call for 8 bytes. */
const pool = new Uint8Array(1024)
let used = pool.length

function randomHex(byteCount: number): string {
  if (used + byteCount > pool.length) {
    crypto.getRandomValues(pool)
    used = 0
  }
  let hex = ''
  for (const end = used + byteCount; used < end; used++) hex += HEX[pool[used] ?? 0]
  return hex
}

/** 32 lower-case hex digits: a UUIDv7 (RFC 9562) without dashes. `timeMs` is Unix milliseconds. */
export function newTraceId(timeMs: number): string {
  const random = randomHex(10)
  const variant = '89ab'[Number.parseInt(random.charAt(3), 16) & 3]
  const time = Math.max(0, Math.floor(timeMs)).toString(16).padStart(12, '0').slice(-12)
  return `${time}7${random.slice(0, 3)}${variant}${random.slice(4, 19)}`
}

/** 16 lower-case hex digits, random. */
export const newSpanId = (): string => randomHex(8)

/** A UUIDv7 with dashes, for feedback. `timeMs` is Unix milliseconds. */
export function newFeedbackId(timeMs: number): string {
  const hex = newTraceId(timeMs)
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)]
  return `${parts.join('-')}-${hex.slice(20)}`
}

/** The two halves of an address: what a child needs to know of its parent. */
export interface SpanAddress {
  readonly traceId: string
  readonly spanId: string
}

const ADDRESS = /^([0-9a-f]{32})-([0-9a-f]{16})$/
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}/

function match(pattern: RegExp, text: string): SpanAddress | undefined {
  const [, traceId, spanId] = pattern.exec(text) ?? []
  return traceId && spanId ? { traceId, spanId } : undefined
}

/** Reads the id of a Heed span; undefined for an id of another making. */
export const parseId = (id: string): SpanAddress | undefined => match(ADDRESS, id)

/** Reads a W3C `traceparent` header, `00-<trace id>-<span id>-<flags>`; undefined if it is none. */
export const parseTraceparent = (header: string): SpanAddress | undefined =>
  match(TRACEPARENT, header.trim())

/** The row id of a span at this address. */
export const formatId = ({ traceId, spanId }: SpanAddress): string => `${traceId}-${spanId}`
