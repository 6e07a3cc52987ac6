import { AppError } from '../errors.ts'
import type { ClickHouse } from './clickhouse.ts'
import { changes, commit } from './commit.ts'
import type { Batch, Changed } from './writes.ts'
import type { TransactionIds } from './xact.ts'

/** What may wait for a commit, in bytes of request bodies. Beyond it, callers are told to retry. */
const QUEUE_BYTES_MAX = 64 * 2 ** 20

/** What one commit takes from the queue. */
const COMMIT_BYTES_MAX = 16 * 2 ** 20

interface Waiting {
  readonly batch: Batch
  readonly xactId: string
  readonly resolve: (xactId: string) => void
  readonly reject: (reason: unknown) => void
}

/**
 * Commits in groups: while one commit runs, requests gather, and the next takes them all. So a lone
 * request waits for nobody, and a flood pays for few commits.
 */
export class Writer {
  readonly #ch: ClickHouse
  readonly #xactIds: TransactionIds
  readonly #onChanged: (changed: Changed) => void
  readonly #waiting: Waiting[] = []
  #waitingBytes = 0
  #isClosed = false
  #running: Promise<void> | undefined

  constructor(ch: ClickHouse, xactIds: TransactionIds, onChanged: (changed: Changed) => void) {
    this.#ch = ch
    this.#xactIds = xactIds
    this.#onChanged = onChanged
  }

  /**
   * Resolves to the transaction id when all of the batch is committed and synced. Throws AppError
   * `overloaded`, `shutting_down`, `storage_full` or `storage_unavailable`; nothing is promised then.
   */
  write(batch: Batch): Promise<string> {
    if (this.#isClosed) throw new AppError('shutting_down')
    if (this.#waitingBytes + batch.bytes > QUEUE_BYTES_MAX && this.#waiting.length > 0) {
      throw new AppError('overloaded')
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, xactId: this.#xactIds.next(), resolve, reject })
      this.#waitingBytes += batch.bytes
      this.#running ??= this.#drain()
    })
  }

  /** Takes no more, and resolves when all that was taken is answered. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#running
  }

  async #drain(): Promise<void> {
    // Requests that come in the same turn of the event loop share the first commit.
    await new Promise(setImmediate)
    while (this.#waiting.length > 0) await this.#commitGroup(this.#take())
    this.#running = undefined
  }

  #take(): Waiting[] {
    let bytes = 0
    let count = 0
    for (const { batch } of this.#waiting) {
      bytes += batch.bytes
      if (count > 0 && bytes > COMMIT_BYTES_MAX) break
      count += 1
    }
    const group = this.#waiting.splice(0, count)
    for (const { batch } of group) this.#waitingBytes -= batch.bytes
    return group
  }

  /** After the answer. Watchers who are not told now see it with the next change. */
  async #announce(committed: Awaited<ReturnType<typeof commit>>): Promise<void> {
    try {
      for (const changed of await changes(this.#ch, committed)) this.#onChanged(changed)
    } catch (reason) {
      process.stderr.write(`A change could not be announced: ${reason}\n`)
    }
  }

  async #commitGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const committed = await commit(this.#ch, group)
      for (const { resolve, xactId } of group) resolve(xactId)
      await this.#announce(committed)
    } catch (reason) {
      if (group.length === 1 || reason instanceof AppError) {
        for (const { reject } of group) reject(reason)
      } else {
        // One request holds what the engine refuses; alone, it cannot take its neighbours along.
        for (const one of group) await this.#commitGroup([one])
      }
    }
  }
}
