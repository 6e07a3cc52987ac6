import { AppError } from '../errors.ts'
import type { Changed } from './writes.ts'

/** What may wait for a commit, in bytes of request bodies. Beyond it, callers are told to retry. */
const QUEUE_BYTES_MAX = 64 * 2 ** 20

/** What one commit takes from the queue. */
const COMMIT_BYTES_MAX = 16 * 2 ** 20

/**
 * Stores what several requests write as one: resolves when all is committed and synced. What it
 * resolves to tells what changed, and may take its time: nobody waits for it.
 */
export type Commit<Item> = (
  group: readonly { readonly items: readonly Item[]; readonly xactId: string }[],
) => Promise<() => Promise<Changed[]>>

interface Waiting<Item> {
  readonly items: readonly Item[]
  readonly bytes: number
  readonly xactId: string
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

/**
 * Commits in groups: while one commit runs, requests gather, and the next takes them all. So a lone
 * request waits for nobody, and a flood pays for few commits.
 */
export class Writer<Item> {
  readonly #commit: Commit<Item>
  readonly #onChanged: (changed: Changed) => void
  readonly #waiting: Waiting<Item>[] = []
  #waitingBytes = 0
  #isClosed = false
  #running: Promise<void> | undefined

  constructor(commit: Commit<Item>, onChanged: (changed: Changed) => void) {
    this.#commit = commit
    this.#onChanged = onChanged
  }

  /** Throws AppError `shutting_down` or `overloaded` when a write would not be taken now. */
  assertRoom(bytes: number): void {
    if (this.#isClosed) throw new AppError('shutting_down')
    if (this.#waitingBytes + bytes > QUEUE_BYTES_MAX && this.#waiting.length > 0) {
      throw new AppError('overloaded')
    }
  }

  /**
   * Resolves when the items are committed and synced. `bytes` is the size of the request's body.
   * Throws AppError `storage_full` or `storage_unavailable`; nothing is promised then.
   */
  write(items: readonly Item[], bytes: number, xactId: string): Promise<void> {
    if (items.length === 0) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#waiting.push({ items, bytes, xactId, resolve, reject })
      this.#waitingBytes += bytes
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

  #take(): Waiting<Item>[] {
    let bytes = 0
    let count = 0
    for (const one of this.#waiting) {
      bytes += one.bytes
      if (count > 0 && bytes > COMMIT_BYTES_MAX) break
      count += 1
    }
    const group = this.#waiting.splice(0, count)
    for (const one of group) this.#waitingBytes -= one.bytes
    return group
  }

  async #commitGroup(group: readonly Waiting<Item>[]): Promise<void> {
    try {
      const announce = await this.#commit(group)
      for (const { resolve } of group) resolve()
      await this.#tell(announce)
    } catch (reason) {
      if (group.length === 1 || reason instanceof AppError) {
        for (const { reject } of group) reject(reason)
      } else {
        // One request holds what the engine refuses; alone, it cannot take its neighbours along.
        for (const one of group) await this.#commitGroup([one])
      }
    }
  }

  /** After the answer. Watchers who cannot be told now see it with the next change. */
  async #tell(announce: () => Promise<Changed[]>): Promise<void> {
    try {
      for (const changed of await announce()) this.#onChanged(changed)
    } catch (reason) {
      process.stderr.write(`A change could not be announced: ${reason}\n`)
    }
  }
}
