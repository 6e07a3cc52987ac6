/** How far the wall clock may run ahead before it is followed: the machine slept, for instance. */
const DRIFT_MAX_MS = 1000

let anchorMs = Number.NEGATIVE_INFINITY
let lastMicros = 0

/**
 * Unix time in microseconds, strictly increasing within this process, so that of two writes the
 * later one always carries the greater time. A wall clock set back is not followed.
 */
export function nowMicros(): number {
  const sinceMs = performance.now()
  const wallMs = Date.now()
  if (wallMs - (anchorMs + sinceMs) > DRIFT_MAX_MS) anchorMs = wallMs - sinceMs
  lastMicros = Math.max(lastMicros + 1, Math.floor((anchorMs + sinceMs) * 1000))
  return lastMicros
}

/** The greatest time ISO 8601 can write with four digits for the year, in microseconds. */
const MICROS_MAX = Date.UTC(9999, 11, 31) * 1000

/** `2026-11-23T09:25:03.598123Z`. `micros` is Unix time in microseconds. */
export function isoMicros(micros: number): string {
  const whole = Math.min(Math.max(0, Math.floor(micros)), MICROS_MAX)
  const fraction = String(whole % 1000).padStart(3, '0')
  return `${new Date(Math.floor(whole / 1000)).toISOString().slice(0, -1)}${fraction}Z`
}
