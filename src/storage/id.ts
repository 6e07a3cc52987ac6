import { MILLIS_MAX } from './time.ts'

/**
 * A Heed row id is `<trace id>-<span id>`: 32 hex of a UUIDv7, a dash, 16 hex. So an id alone tells
 * the trace, the span and the time. Ids of other SDKs are opaque.
 */
export interface HeedId {
  readonly traceId: string
  readonly spanId: string
  /** Unix milliseconds, from the first 48 bits of the trace id. */
  readonly millis: number
}

/** Version 7 and variant 10, as RFC 9562 section 5.7 lays them out, without dashes. */
const HEED_ID = /^([0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15})-([0-9a-f]{16})$/

/** The parts of a Heed id, or null for an id of another form or of an impossible time. */
export function parseHeedId(id: string): HeedId | null {
  const [, traceId, spanId] = HEED_ID.exec(id) ?? []
  if (traceId === undefined || spanId === undefined) return null
  const millis = Number.parseInt(traceId.slice(0, 12), 16)
  return millis < MILLIS_MAX ? { traceId, spanId, millis } : null
}
