const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const whole = new Intl.NumberFormat('en')
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const dayOfYear = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' })

export const formatCount = (n: number): string => whole.format(n)

/** A score or mean, two digits; never rounded to a full 1.00 or 0.00 that it is not. */
export function formatScore(value: number): string {
  if (value > 0.995 && value < 1) return '>0.99'
  if (value < 0.005 && value > 0) return '<0.01'
  return value.toFixed(2)
}

export function formatDuration(ms: number): string {
  if (ms < 1) return '<1ms'
  if (ms < SECOND) return `${Math.round(ms)}ms`
  if (ms < 10 * SECOND) return `${(ms / SECOND).toFixed(2)}s`
  if (ms < MINUTE) return `${(ms / SECOND).toFixed(1)}s`
  const seconds = Math.round(ms / SECOND)
  if (ms < HOUR) return `${Math.floor(seconds / 60)}m ${seconds % 60}s`
  return `${Math.floor(seconds / 3600)}h ${Math.floor((seconds % 3600) / 60)}m`
}

/** `start` and `end` are Unix seconds; null where it is not known, or not over. */
export function durationMs(start: number | null, end: number | null): number | null {
  return start === null || end === null ? null : Math.max(0, (end - start) * SECOND)
}

/** "now", "12s", "5m", "3h", "2d" ago, then the date. Clocks differ: the near future is now. */
export function formatAgo(time: number, now: number): string {
  const ms = now - time
  if (ms < 3 * SECOND) return ms < -MINUTE ? formatDay(time, now) : 'now'
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)}s ago`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}m ago`
  if (ms < DAY) return `${Math.floor(ms / HOUR)}h ago`
  if (ms < 7 * DAY) return `${Math.floor(ms / DAY)}d ago`
  return formatDay(time, now)
}

function formatDay(time: number, now: number): string {
  const sameYear = new Date(time).getFullYear() === new Date(now).getFullYear()
  return (sameYear ? day : dayOfYear).format(time)
}

export const formatExact = (time: number): string => exact.format(time)

/** "1 vote", "2 votes", "2 replies". */
export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${formatCount(n)} ${n === 1 ? one : many}`
