import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { ClickHouse } from './clickhouse.ts'
import { sql } from './sql.ts'

/** So long after the last write, in milliseconds. */
const QUIET_MS = 3_000

/** When a mutation that was not there yet is looked for again, in milliseconds. */
const AGAIN_MS = 50

/** Reading fewer rows whole costs a search less than it costs to index them. */
const ROWS_MIN = 2_000

/**
 * Builds the indexes of words of those parts that no merge has reached, once nothing was written for a
 * while. Writing leaves them out (engine.ts), so that it waits for nobody; without this, every search
 * would read the newest rows whole until they are merged, which may be never.
 */
export class WordIndexing {
  readonly #ch: ClickHouse
  readonly #quietMs: number
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #isClosed = false

  constructor(ch: ClickHouse, quietMs = QUIET_MS) {
    this.#ch = ch
    this.#quietMs = quietMs
  }

  /** Rows were written, or may have been before this process began. */
  written(): void {
    if (!this.#ch.isExclusive) return // A server of its own merges by itself, and has other writers.
    if (this.#timer) this.#timer.refresh()
    else this.#timer = setTimeout(() => this.#start(), this.#quietMs).unref()
  }

  /** Waits for nothing long: what is not indexed yet is after the next start. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    this.#isClosed = true
    while (this.#running) {
      await this.#ch.exec(
        sql`KILL MUTATION WHERE database = currentDatabase() AND table = 'payloads'`,
      )
      // It may only just have been asked for.
      await Promise.race([this.#running, sleep(AGAIN_MS)])
    }
  }

  #start(): void {
    this.#timer = undefined
    this.#running ??= this.#index()
      .catch((reason) => {
        if (this.#isClosed) return
        process.stderr.write(`Words could not be indexed: ${reason}\n`)
      })
      .finally(() => {
        this.#running = undefined
      })
  }

  async #index(): Promise<void> {
    const Row = z.object({ rows: z.coerce.number() })
    const [unindexed] = await this.#ch.rows(
      Row,
      sql`SELECT sum(rows) AS rows FROM system.parts
          WHERE database = currentDatabase() AND table = 'payloads' AND active
            AND secondary_indices_compressed_bytes = 0`,
    )
    if (!unindexed || unindexed.rows < ROWS_MIN) return
    // Parts that have the index are taken over as they are.
    for (const name of [sql`input_words`, sql`output_words`]) {
      if (this.#isClosed) return
      await this.#ch.exec(
        sql`ALTER TABLE payloads MATERIALIZE INDEX ${name} SETTINGS mutations_sync = 1`,
      )
    }
  }
}
