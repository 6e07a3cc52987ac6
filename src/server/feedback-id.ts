import { randomUUID } from 'node:crypto'

/**
 * An id for feedback that came without one: a UUIDv7 with microseconds in it (RFC 9562, section 6.2,
 * method 3). Of two events of one moment the greater id is the newer, so ids must grow as they arrive.
 * `received` is in microseconds and strictly growing.
 */
export function feedbackIdAt(received: number): string {
  const millis = Math.floor(received / 1000)
    .toString(16)
    .padStart(12, '0')
  const micros = (received % 1000).toString(16).padStart(3, '0')
  return `${millis.slice(0, 8)}-${millis.slice(8)}-7${micros}-${randomUUID().slice(19)}`
}
