/** One item the server refused, as it names it. */
interface Rejection {
  readonly list: 'rows' | 'feedback'
  readonly index: number
  readonly field: string
  readonly message: string
}

/**
 * What an answer means for the items that were sent:
 * `stored`, all but the rejected ones; `retry`, later, the same bytes, in smaller parts if it stays
 * so and the request may have been too slow; `split`, in smaller parts,
 * because the server could not take the request as a whole; `refused`, for good.
 */
export type Answer =
  | { readonly kind: 'stored'; readonly rejected: readonly Rejection[] }
  | {
      readonly kind: 'retry'
      readonly reason: string
      readonly afterMs?: number
      readonly isTooSlow?: boolean
    }
  | { readonly kind: 'split'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string }

/** What a server or a proxy says that waited too long. */
const TOO_SLOW: readonly number[] = [408, 502, 504]

/** The longest wait a server may ask for. */
const RETRY_AFTER_MAX_MS = 5 * 60_000

const UNAUTHORIZED = 'The API key is missing or unknown: set HEED_API_KEY, or pass apiKey'

export function readAnswer(response: {
  status: number
  retryAfter: string | null
  text: string
}): Answer {
  const { status } = response
  const body = parse(response.text)
  const message = body?.error?.message
  const reason = `HTTP ${status}${typeof message === 'string' ? `: ${message}` : ''}`
  if (status >= 200 && status < 300) {
    if (Array.isArray(body?.rejected)) {
      return { kind: 'stored', rejected: body.rejected.filter((item) => item !== null) }
    }
    return { kind: 'retry', reason: `HTTP ${status} without a receipt; is HEED_URL right?` }
  }
  if (status === 408 || status === 429 || status >= 500) {
    const afterMs = retryAfterMs(response.retryAfter)
    const isTooSlow = TOO_SLOW.includes(status)
    return { kind: 'retry', reason, isTooSlow, ...(afterMs === undefined ? {} : { afterMs }) }
  }
  // A 400 that Heed explains may be the fault of one item; any other comes from a stranger.
  if (status === 413 || (status === 400 && body?.error?.code)) return { kind: 'split', reason }
  if (status === 401) return { kind: 'refused', reason: UNAUTHORIZED }
  return { kind: 'refused', reason }
}

interface Body {
  readonly rejected?: readonly Rejection[]
  readonly error?: { readonly code?: unknown; readonly message?: unknown } | null
}

function parse(text: string): Body | null {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' ? body : null
  } catch {
    return null
  }
}

/** RFC 9110, 10.2.3: a number of seconds or a date. Undefined if it is neither. */
function retryAfterMs(header: string | null): number | undefined {
  if (!header) return undefined
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), RETRY_AFTER_MAX_MS)
}
