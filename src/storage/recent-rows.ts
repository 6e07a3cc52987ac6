import type { Entry } from './fold.ts'

/** How much is kept, in bytes of what was sent; as objects it takes about three times as much. */
const BYTES_MAX = 32 * 2 ** 20

/** A row of which everything that was ever written is known. */
export interface KnownRow {
  /** Where it lies, unix milliseconds. */
  readonly time: number
  readonly entries: readonly Entry[]
  /** Whether the entries stand in `patches`. */
  readonly isPatched: boolean
  /** About as many as were sent. */
  readonly bytes: number
}

/**
 * Rows that are likely to change soon: spans that have begun and not ended. What is known here need not
 * be read back when the change comes, which is half the work of a change. Only for an engine that nobody
 * else writes to. The rows that were written longest ago go first.
 */
export class RecentRows {
  readonly #rows = new Map<string, KnownRow>()
  readonly #bytesMax: number
  #bytes = 0

  constructor(bytesMax = BYTES_MAX) {
    this.#bytesMax = bytesMax
  }

  get(key: string): KnownRow | undefined {
    return this.#rows.get(key)
  }

  put(key: string, row: KnownRow): void {
    this.forget(key)
    this.#rows.set(key, row)
    this.#bytes += row.bytes
    for (const oldest of this.#rows.keys()) {
      if (this.#bytes <= this.#bytesMax) return
      this.forget(oldest)
    }
  }

  forget(key: string): void {
    this.#bytes -= this.#rows.get(key)?.bytes ?? 0
    this.#rows.delete(key)
  }
}
