import { Delivery } from './delivery.ts'
import { callQuietly, HeedError, type Report } from './error.ts'
import type { Options } from './options.ts'
import type { Item } from './queue.ts'
import { type Snapshot, snapshotWith } from './snapshot.ts'

/** How many losses one flush can name. */
const FAILURES_MAX = 100

const FLUSH_TIMEOUT_MS = 30_000

/** Where everything that is logged goes: a snapshot is taken, queued, sent, and losses are told. */
export class Recorder {
  /** Spans that go to one project of one server can be of one trace. */
  readonly container: Pick<Options, 'url' | 'projectName'>
  readonly delivery: Delivery
  readonly snapshot: Snapshot
  readonly #onError: Report
  /** Losses that no flush has told yet. */
  readonly #untold: HeedError[] = []
  readonly #flushes = new Set<HeedError[]>()
  /** How many items a full queue had dropped when the last flush ended. */
  #overflowTold = 0
  #trouble: HeedError | undefined

  constructor(options: Options) {
    const report: Report = (error) => this.report(error)
    this.container = options
    this.#onError = options.onError
    this.snapshot = snapshotWith(report, options.masking)
    this.delivery = new Delivery({ ...options, report })
  }

  /** Queues an item, or tells that the size of a queued one was `sizeBefore`. */
  put(item: Item, sizeBefore = 0): void {
    this.delivery.put(item, sizeBefore)
  }

  /** Tells a problem to `onError` and to the next flush. Never throws. */
  report(error: HeedError): void {
    if (error.code === 'unreachable') this.#trouble = error
    else {
      const listeners = this.#flushes.size > 0 ? this.#flushes : [this.#untold]
      for (const failures of listeners) if (failures.length < FAILURES_MAX) failures.push(error)
    }
    callQuietly(() => this.#onError(error))
  }

  async flush(options?: { readonly timeoutMs?: number }): Promise<void> {
    const timeoutMs = options?.timeoutMs ?? FLUSH_TIMEOUT_MS
    const failures = this.#untold.splice(0)
    const overflowBefore = this.#overflowTold
    this.#flushes.add(failures)
    const isSettled = await this.delivery.settle(timeoutMs)
    this.#flushes.delete(failures)
    this.#overflowTold = this.delivery.overflow
    const dropped = this.#overflowTold - overflowBefore
    // `onError` is told once that the queue is full; a flush, whenever that cost something.
    if (dropped > 0 && !failures.some(({ code }) => code === 'queue_full')) {
      const sentence = `The queue was full: ${dropped} dropped since the last flush.`
      failures.push(new HeedError('queue_full', sentence))
    }
    if (isSettled && failures.length === 0) return
    const { queued } = this.delivery.stats
    const reason = isSettled
      ? `${failures[0]?.message}${failures.length > 1 ? ` And ${failures.length - 1} more.` : ''}`
      : `${queued} items were not delivered within ${timeoutMs} ms. ${this.#trouble?.message ?? ''}`
    const cause = isSettled ? failures[0] : this.#trouble
    throw new HeedError('not_flushed', reason.trim(), { failures, queued, cause })
  }
}
