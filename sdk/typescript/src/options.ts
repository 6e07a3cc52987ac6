import { show } from './check.ts'
import { copy } from './copy.ts'
import { callQuietly, HeedError, type Report, warnOnce } from './error.ts'
import type { QueueLimits } from './queue.ts'
import type { Masking } from './snapshot.ts'
import type { Destination, Fetch } from './transport.ts'

const DEFAULT_URL = 'http://127.0.0.1:4333'
/** The longest name the server keeps, in UTF-16 code units. */
const NAME_MAX = 512
const ATTEMPT_TIMEOUT_MS = 30_000

export interface LoggerOptions {
  /** The project that gets the traces; it is made when the first one arrives. Empty: `default`. */
  readonly projectName: string
  /** Default: the environment variable HEED_API_KEY. */
  readonly apiKey?: string | undefined
  /** Base address of the server. Default: HEED_URL, else http://127.0.0.1:4333. */
  readonly url?: string | undefined
  /** Milliseconds from the first queued item to its sending. Default: 50. */
  readonly flushIntervalMs?: number | undefined
  /** Items that may wait; beyond it the oldest is dropped and counted. Default: 20 000. */
  readonly maxQueueRows?: number | undefined
  /** About how much may wait, in bytes of JSON. Default: 64 MB. */
  readonly maxQueueBytes?: number | undefined
  /** Told every problem. Default: one console warning per distinct problem. */
  readonly onError?: Report | undefined
  /** Sees a copy of input, output, expected, error, metadata, comment; returns what may leave. */
  readonly masking?: Masking | undefined
  /** Used in place of the global fetch. */
  readonly fetch?: Fetch | undefined
  /** False: `traced`, `startSpan` and the like do not use this logger. Default: true. */
  readonly setCurrent?: boolean | undefined
  /** Keeps a serverless invocation alive while its rows are sent, such as Vercel's `waitUntil`. */
  readonly waitUntil?: ((promise: Promise<unknown>) => void) | undefined
}

/** Options with every default filled. */
export interface Options extends Destination {
  readonly projectName: string
  readonly flushIntervalMs: number
  readonly limits: QueueLimits
  readonly onError: Report
  readonly masking: Masking | undefined
  readonly waitUntil: LoggerOptions['waitUntil']
}

/** Never throws. A number that cannot be used is told, and its default is used. */
export function resolveOptions(given: LoggerOptions): Options {
  const onError = given.onError ?? warnOnce()
  const numberOf = (
    name: 'flushIntervalMs' | 'maxQueueRows' | 'maxQueueBytes',
    usual: number,
    isValid: (value: number) => boolean,
    expected: string,
  ): number => {
    const value: unknown = given[name] ?? usual
    if (typeof value === 'number' && isValid(value)) return value
    const sentence = `${name} is ${show(copy(value).value)}; it must be ${expected}. ${usual} is used.`
    callQuietly(() => onError(new HeedError('invalid_option', sentence)))
    return usual
  }
  const countOf = (name: 'maxQueueRows' | 'maxQueueBytes', usual: number): number =>
    numberOf(name, usual, (value) => value >= 1 && Number.isFinite(value), 'a number, 1 or more')
  return {
    projectName: nameOf(given.projectName) || 'default',
    apiKey: given.apiKey || environment('HEED_API_KEY'),
    url: String(given.url || environment('HEED_URL') || DEFAULT_URL).replace(/\/+$/, ''),
    fetch: given.fetch ?? ((url, request) => globalThis.fetch(url, request)),
    attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
    flushIntervalMs: numberOf('flushIntervalMs', 50, (value) => value >= 0, 'a number from 0'),
    limits: {
      maxRows: countOf('maxQueueRows', 20_000),
      maxBytes: countOf('maxQueueBytes', 64 * 1024 * 1024),
    },
    onError,
    masking: given.masking,
    waitUntil: given.waitUntil,
  }
}

const nameOf = (name: unknown): string =>
  (typeof name === 'string' ? name : '').trim().slice(0, NAME_MAX)

/** Undefined where there is no environment, where it may not be read, or if the value is empty. */
function environment(name: string): string | undefined {
  try {
    return globalThis.process?.env[name] || undefined
  } catch {
    return undefined
  }
}
