import type { Readable } from 'node:stream'

/** Bytes under a name of ours, whole or not at all. A bucket needs no more than this. */
export interface Blobs {
  /**
   * Stores under a name, in place of what was there; durable when it resolves. Throws AppError
   * `payload_too_large` beyond `bytesMax`, `storage_full`; then what was there is still there.
   */
  put(name: string, bytes: AsyncIterable<Uint8Array>, bytesMax: number): Promise<void>
  /** Null: there is none. */
  get(name: string): Promise<{ readonly size: number; readonly bytes: Readable } | null>
  /** Removes what was stored before, in unix milliseconds. A bucket may have a rule for that instead. */
  removeBefore(millis: number): Promise<void>
}
