/** How far back the rate is looked at, in milliseconds: older bytes fade away. */
const FADE_MS = 1_000

/** After a wait that nobody shared, so long none is tried again, in milliseconds. */
const USELESS_MS = 1_000

/**
 * When a commit may start. A commit costs the engine tens of milliseconds of work, however few rows it
 * brings, so under a steady load commits start at most every `everyMs` and share that cost. One client
 * that waits for each answer before it sends more would only wait longer: where nobody joined during a
 * wait, there is none for a while, and at low rates there never is.
 */
export class Pace {
  readonly #everyMs: number
  readonly #busyBytes: number
  #rate = 0
  #lastAt = Number.NEGATIVE_INFINITY
  #uselessUntil = Number.NEGATIVE_INFINITY
  #hasWaited = false

  /** `busyBytes`: the least rate at which commits are paced, in bytes a second. */
  constructor({ everyMs, busyBytes }: { readonly everyMs: number; readonly busyBytes: number }) {
    this.#everyMs = everyMs
    this.#busyBytes = busyBytes
  }

  /** How many milliseconds the next commit should still wait at a moment; 0: none. */
  waitMs(now: number): number {
    if (this.#rateAt(now) < this.#busyBytes || now < this.#uselessUntil) return 0
    const left = this.#lastAt + this.#everyMs - now
    if (left <= 0) return 0
    this.#hasWaited = true
    return left
  }

  /** A commit starts with so many requests of so many bytes together. */
  started(now: number, requests: number, bytes: number): void {
    if (this.#hasWaited && requests < 2) this.#uselessUntil = now + USELESS_MS
    this.#hasWaited = false
    this.#rate = this.#rateAt(now) + bytes
    this.#lastAt = now
  }

  #rateAt(now: number): number {
    return this.#rate * Math.exp((this.#lastAt - now) / FADE_MS)
  }
}
