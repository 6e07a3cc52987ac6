/** Times are microseconds since 1970 as a number: exact below 2^53, which is the year 2255. */
export type Micros = number

/** Parses ISO 8601 down to the microsecond; `Date` alone stops at the millisecond. NaN: it is no time. */
export function parseMicros(iso: string): Micros {
  const fraction = /\.\d{3}(\d{1,3})/.exec(iso)?.[1] ?? ''
  return Date.parse(iso) * 1000 + Number(fraction.padEnd(3, '0'))
}

/** What ClickHouse's DateTime64 can hold, with room to spare: 1970 to 2200. */
export const MILLIS_MAX = Date.UTC(2200, 0, 1)

/** Into the range that can be stored: a clock that is wrong by centuries must not lose the row. */
export const clampMicros = (micros: Micros): Micros =>
  Math.min(Math.max(Math.round(micros), 0), MILLIS_MAX * 1000)

let last = 0

/** Now, strictly greater than the last answer in this process: the order in which writes came. */
export function tick(): Micros {
  last = Math.max(Date.now() * 1000, last + 1)
  return last
}

/** A stored time further ahead than this is that of a clock that was wrong: an hour, in microseconds. */
const LEAD_MAX = 3_600_000_000

/** Ticks go on from what was stored before, so that a clock that was set back reverses no order. */
export function tickAfter(stored: Micros): void {
  if (stored - Date.now() * 1000 <= LEAD_MAX) last = Math.max(last, stored)
}

/** A client's clock is trusted unless it is off by more than this, in microseconds. */
export const SKEW_TRUSTED = 5_000_000

/**
 * How far the client's clock is behind ours, in microseconds, to add to its times. Only what is
 * beyond the delay of a slow request counts: small differences would make replays differ.
 */
export function clockSkew(sentAt: string | null | undefined, received: Micros): Micros {
  if (!sentAt) return 0
  const skew = received - parseMicros(sentAt)
  return Math.abs(skew) > SKEW_TRUSTED ? skew : 0
}

/**
 * The order of what a person said: the time that the client gave, corrected, as far as it does not lie
 * further ahead of its arrival than a clock is trusted. So a clock that is fast by no more than that keeps
 * its order, however late each request comes; and what came in order from one clock stays so.
 */
export function orderedAt(
  created: string | null | undefined,
  skew: Micros,
  received: Micros,
): Micros {
  return writtenAt(created, skew, created ? received + SKEW_TRUSTED : received)
}

/**
 * The time of a write in our clock: the client's, corrected, but never in the future, which a later
 * write could not overrule. Without one, the moment it came.
 */
export function writtenAt(
  created: string | null | undefined,
  skew: Micros,
  received: Micros,
): Micros {
  return created ? clampMicros(Math.min(parseMicros(created) + skew, received)) : received
}
