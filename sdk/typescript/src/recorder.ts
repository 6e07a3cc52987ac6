import { Delivery } from './delivery.ts'
import { HeedError, type Report } from './error.ts'
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
  #trouble: HeedError | undefined

  constructor(options: Options) {
    const report: Report = (error) => this.report(error)
    this.container = options
    this.#onError = options.onError
    this.snapshot = snapshotWith(report, options.masking)
    this.delivery = new Delivery({ ...options, report })
  }

  /** Queues an item, or tells that a queued one has grown from `sizeBefore`. */
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
    try {
      this.#onError(error)
    } catch {
      // An error in telling an error ends here.
    }
  }

  async flush({ timeoutMs = FLUSH_TIMEOUT_MS }: { timeoutMs?: number } = {}): Promise<void> {
    const failures = this.#untold.splice(0)
    this.#flushes.add(failures)
    const isSettled = await this.delivery.settle(timeoutMs)
    this.#flushes.delete(failures)
    if (isSettled && failures.length === 0) return
    const { queued } = this.delivery.stats
    const reason = isSettled
      ? `${failures[0]?.message}${failures.length > 1 ? ` And ${failures.length - 1} more.` : ''}`
      : `${queued} items were not delivered within ${timeoutMs} ms. ${this.#trouble?.message ?? ''}`
    const cause = isSettled ? failures[0] : this.#trouble
    throw new HeedError('not_flushed', reason.trim(), { failures, queued, cause })
  }
}
