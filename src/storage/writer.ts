import { AppError } from '../errors.ts'
import type { Pace } from './pace.ts'
import type { Changed } from './writes.ts'

/** What may wait for a commit, in bytes of request bodies. Beyond it, callers are told to retry. */
const QUEUE_BYTES_MAX = 64 * 2 ** 20

/** What one commit takes from the queue. */
const COMMIT_BYTES_MAX = 8 * 2 ** 20

/** How many commits run side by side: one is made into text while the engine stores the other. */
const RUNNING_MAX = 2

/**
 * Stores what several requests write as one: resolves when all is committed and synced. What it
 * resolves to tells what changed, and may take its time: nobody waits for it.
 */
export type Commit<Item> = (
  group: readonly {
    readonly items: readonly Item[]
    readonly xactId: string
    /** Of the request's body. */
    readonly bytes: number
  }[],
) => Promise<() => Promise<Changed[]>>

/** One kind of writes, with what sets it apart from another. */
interface Lane<Item> {
  readonly commit: Commit<Item>
  /** What two commits must not write at the same time. */
  readonly keyOf: (item: Item) => string
  /** So much must wait before a commit starts beside a running one: small ones cost more than they gain. */
  readonly besideBytes: number
  readonly pace: Pace
}

interface Waiting<Item> {
  readonly items: readonly Item[]
  readonly bytes: number
  readonly xactId: string
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

/**
 * Commits in groups: while commits run, requests gather, and the next one takes them all. So a lone
 * request waits for nobody, and a flood pays for few commits.
 */
export class Writer<Item> {
  readonly #lane: Lane<Item>
  readonly #onChanged: (changed: Changed) => void
  readonly #waiting: Waiting<Item>[] = []
  readonly #running = new Set<Promise<void>>()
  readonly #announcing = new Set<Promise<void>>()
  readonly #keysInWork = new Set<string>()
  #waitingBytes = 0
  #isClosed = false
  #isAwake = false
  #pause: NodeJS.Timeout | undefined

  constructor(lane: Lane<Item>, onChanged: (changed: Changed) => void) {
    this.#lane = lane
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
      this.#wake()
    })
  }

  /** Takes no more, and resolves when all that was taken is answered. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#pause)
    this.#wake()
    while (this.#isAwake || this.#running.size > 0) {
      await Promise.all(this.#running)
      await new Promise(setImmediate)
    }
    await Promise.all(this.#announcing)
  }

  /** Requests that come in the same turn of the event loop share a commit. */
  #wake(): void {
    if (this.#isAwake) return
    this.#isAwake = true
    setImmediate(() => {
      this.#isAwake = false
      while (this.#mayStart()) {
        const group = this.#take()
        if (group.length === 0) break
        this.#start(group)
      }
    })
  }

  #mayStart(): boolean {
    if (this.#waiting.length === 0) return false
    if (this.#waitingBytes >= this.#lane.besideBytes) return this.#running.size < RUNNING_MAX
    if (this.#running.size > 0) return false
    if (this.#isClosed) return true
    const waitMs = this.#lane.pace.waitMs(performance.now())
    if (waitMs > 0) {
      this.#pause ??= setTimeout(() => {
        this.#pause = undefined
        this.#wake()
      }, waitMs)
    }
    return waitMs === 0
  }

  /** In order of arrival, up to a row that a running commit writes already. */
  #take(): Waiting<Item>[] {
    let bytes = 0
    let count = 0
    for (const one of this.#waiting) {
      bytes += one.bytes
      if (count > 0 && bytes > COMMIT_BYTES_MAX) break
      if (one.items.some((item) => this.#keysInWork.has(this.#lane.keyOf(item)))) break
      count += 1
    }
    const group = this.#waiting.splice(0, count)
    for (const one of group) this.#waitingBytes -= one.bytes
    return group
  }

  #start(group: readonly Waiting<Item>[]): void {
    const bytes = group.reduce((sum, one) => sum + one.bytes, 0)
    this.#lane.pace.started(performance.now(), group.length, bytes)
    const keys = group.flatMap(({ items }) => items.map(this.#lane.keyOf))
    for (const key of keys) this.#keysInWork.add(key)
    const running = this.#commitGroup(group).finally(() => {
      for (const key of keys) this.#keysInWork.delete(key)
      this.#running.delete(running)
      this.#wake()
    })
    this.#running.add(running)
  }

  async #commitGroup(group: readonly Waiting<Item>[]): Promise<void> {
    try {
      const announce = await this.#lane.commit(group)
      for (const { resolve } of group) resolve()
      const announcing = this.#tell(announce).finally(() => this.#announcing.delete(announcing))
      this.#announcing.add(announcing)
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
