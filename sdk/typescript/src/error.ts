/**
 * What can go wrong, in the words of `HeedError.code`:
 *
 * - `invalid_option`: an option cannot be used; its default is
 * - `invalid_field`: a field could not be sent and was left out; the rest was kept
 * - `invalid_item`: a whole item could not be sent, feedback without an id for instance
 * - `masking_failed`: the masking function threw or was async; a fixed text was sent in its place
 * - `rejected`: the server refused one item by name; its neighbours are stored
 * - `refused`: the server refused a request for good; its items are dropped
 * - `unreachable`: the server does not answer; items are kept and sent again
 * - `queue_full`: more was logged than could be sent; the oldest item was dropped
 * - `not_flushed`: `flush` ended with something undelivered
 */
export type HeedErrorCode =
  | 'invalid_option'
  | 'invalid_field'
  | 'invalid_item'
  | 'masking_failed'
  | 'rejected'
  | 'refused'
  | 'unreachable'
  | 'queue_full'
  | 'not_flushed'

/** What `flush` knows when it fails. */
export interface FlushFailure {
  /** Every loss since the last flush, at most 100 of them. */
  readonly failures: readonly HeedError[]
  /** Items still waiting; they stay queued and are sent when the server answers. */
  readonly queued: number
}

/** The one error of this package. Logging calls never throw it; `onError` and `flush` speak it. */
export class HeedError extends Error {
  override readonly name = 'HeedError'
  readonly code: HeedErrorCode
  readonly failures: readonly HeedError[]
  readonly queued: number

  constructor(
    code: HeedErrorCode,
    message: string,
    { failures = [], queued = 0, cause }: Partial<FlushFailure> & { cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.failures = failures
    this.queued = queued
  }
}

/** Receives every problem. Must not throw or reject; if it does, that is ignored. */
export type Report = (error: HeedError) => void

/** Calls a function of the program. What it throws ends here, at once or as a promise. */
export function callQuietly(call: () => unknown): void {
  try {
    void Promise.resolve(call()).catch(() => {})
  } catch {
    // Nobody is left to be told.
  }
}

/** The readable part of anything that was thrown. Never throws itself. */
export function messageOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown)
  } catch {
    return 'an error that cannot be read'
  }
}

/** `message`, an empty line, and the stack: how a thrown error is recorded on a span. Never throws. */
export function errorText(thrown: unknown): string {
  const message = messageOf(thrown)
  try {
    return thrown instanceof Error ? `${message}\n\n${thrown.stack ?? ''}`.trimEnd() : message
  } catch {
    return message
  }
}

/** How many distinct problems are told before the console falls silent. */
const DISTINCT_MAX = 100

/** The default `onError`: one console warning per distinct problem, never a flood. */
export function warnOnce(): Report {
  const told = new Set<string>()
  return ({ code, message }) => {
    // Numbers and ids vary from one telling to the next; the problem is the same.
    const key = `${code} ${message.replace(/[0-9a-f-]{8,}|\d+/g, '#')}`
    if (told.has(key) || told.size >= DISTINCT_MAX) return
    told.add(key)
    // biome-ignore lint/suspicious/noConsole: this is the one place where the package speaks.
    console.warn(`heed: ${message}`)
  }
}
