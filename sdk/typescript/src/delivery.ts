import { type Answer, readAnswer } from './answer.ts'
import { isoMicros, nowMicros } from './clock.ts'
import { callQuietly, HeedError, messageOf } from './error.ts'
import { type Item, Queue, type QueueLimits, type Sealed } from './queue.ts'
import { keepAlive, sleep } from './sleep.ts'
import { type Destination, encodeBody, post } from './transport.ts'

const BATCH_ROWS_MAX = 1000
const BATCH_BYTES_MAX = 4 * 1024 * 1024
const BACKOFF_BASE_MS = 200
const BACKOFF_MAX_MS = 30_000
/** Failures in a row, from which on a batch is halved each time. */
const HALVED_FROM_FAILURES = 3

export interface DeliveryOptions extends Destination {
  readonly projectName: string
  readonly flushIntervalMs: number
  readonly limits: QueueLimits
  readonly report: (error: HeedError) => void
  readonly waitUntil: ((promise: Promise<unknown>) => void) | undefined
}

/**
 * Exact counts of items since the logger was made. An item is one row (a span, or later changes of
 * one) or one feedback. Logged = queued + acknowledged + rejected + dropped, always.
 */
export interface Stats {
  /** Waiting or on their way. */
  readonly queued: number
  /** Put on the wire at least once. */
  readonly sent: number
  /** Stored: the server answered after commit. */
  readonly acknowledged: number
  /** Refused by name, by the server or, if they could not be sent at all, here. */
  readonly rejected: number
  /** Lost: the queue was full, or the server refused the whole request for good. */
  readonly dropped: number
  /** Sendings after the first one. */
  readonly retried: number
}

/** Deliveries with something queued: what a runtime waits for before it exits. */
export const busy = new Set<Delivery>()

/**
 * Takes items in order and brings them to the server: one request at a time, in batches, with
 * retries. Nothing here is on the caller's path except `put`.
 */
export class Delivery {
  readonly #options: DeliveryOptions
  readonly #queue: Queue
  readonly #counts = { sent: 0, acknowledged: 0, rejected: 0, dropped: 0, retried: 0 }
  readonly #waiters = new Set<{ readonly seq: number; readonly done: () => void }>()
  #overflow = 0
  #isScheduled = false
  #isRunning = false
  #isFullReported = false
  #newestSentSeq = 0
  #batchRowsMax = BATCH_ROWS_MAX
  #failedAttempts = 0
  #wake: (() => void) | undefined

  constructor(options: DeliveryOptions) {
    this.#options = options
    this.#queue = new Queue(options.limits, {
      onDrop: () => this.#dropped(),
      onUnwritable: (item, thrown) => {
        this.countRejected()
        this.#report('invalid_item', `${nameOf(item)} was not sent: ${messageOf(thrown)}.`)
      },
    })
  }

  get stats(): Stats {
    return { queued: this.#queue.length, ...this.#counts }
  }

  /** How many of the dropped items went because the queue was full. */
  get overflow(): number {
    return this.#overflow
  }

  /** Queues an item, or tells that the size of a queued one was `sizeBefore`. */
  put(item: Item, sizeBefore: number): void {
    this.#queue.put(item, sizeBefore)
    if (this.#isScheduled || this.#isRunning) return
    this.#isScheduled = true
    busy.add(this)
    const sent = sleep(this.#options.flushIntervalMs).done.then(() => this.#run())
    // Outside a request there is nothing to extend; the items are sent all the same.
    callQuietly(() => this.#options.waitUntil?.(sent))
  }

  /** Counts an item that could not even be queued. */
  countRejected(): void {
    this.#counts.rejected++
  }

  /**
   * Sends what is queued now. True when all of it is settled, stored or lost; false if the deadline
   * passed first. Retrying is not waited for: a sleeping retry starts at once.
   */
  async settle(timeoutMs: number): Promise<boolean> {
    const seq = this.#queue.newestSeq
    if (this.#queue.oldestSeq > seq) return true
    const deadline = keepAlive(timeoutMs)
    const settled = new Promise<true>((resolve) => {
      const waiter = { seq, done: () => resolve(true) }
      this.#waiters.add(waiter)
      void deadline.done.then(() => this.#waiters.delete(waiter))
    })
    this.#wake?.()
    void this.#run()
    const isSettled = await Promise.race([settled, deadline.done.then(() => false)])
    deadline.cancel()
    return isSettled
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return
    this.#isRunning = true
    this.#isScheduled = false
    while (this.#queue.length > 0) {
      const batch = this.#queue.take(this.#batchRowsMax, BATCH_BYTES_MAX)
      try {
        if (batch.length > 0) await this.#conclude(batch, await this.#attempt(batch))
      } catch (cause) {
        // Not expected. But whatever it is, it must neither reach the program nor stop the queue.
        this.#counts.dropped += this.#queue.settle()
        this.#report('refused', `An answer could not be read: ${messageOf(cause)}.`)
      }
      this.#tellWaiters()
    }
    this.#isRunning = false
    busy.delete(this)
  }

  async #attempt(batch: readonly Sealed[]): Promise<Answer> {
    for (const { seq } of batch) {
      if (seq > this.#newestSentSeq) this.#counts.sent++
      else this.#counts.retried++
    }
    this.#newestSentSeq = Math.max(this.#newestSentSeq, batch.at(-1)?.seq ?? 0)
    try {
      const envelope = {
        project_name: this.#options.projectName,
        sent_at: isoMicros(nowMicros()),
      }
      return readAnswer(await post(this.#options, encodeBody(envelope, batch)))
    } catch (thrown) {
      return { kind: 'retry', reason: reasonOf(thrown), isTooSlow: true }
    }
  }

  async #conclude(batch: readonly Sealed[], answer: Answer): Promise<void> {
    if (answer.kind === 'retry') return this.#retryLater(batch, answer)
    this.#failedAttempts = 0
    if (answer.kind === 'stored') return this.#stored(batch, answer.rejected)
    if (answer.kind === 'split' && batch.length > 1) {
      this.#batchRowsMax = Math.ceil(batch.length / 2)
      return this.#queue.giveBack()
    }
    this.#queue.settle()
    this.#counts.dropped += batch.length
    const [only, ...others] = batch
    const what = only && others.length === 0 ? nameOf(only) : `${batch.length} items`
    this.#report('refused', `${answer.reason}. Lost: ${what}.`)
  }

  #stored(batch: readonly Sealed[], rejected: readonly RejectedItem[]): void {
    this.#queue.settle()
    this.#isFullReported = false
    this.#batchRowsMax = Math.min(BATCH_ROWS_MAX, this.#batchRowsMax * 2)
    const sent = {
      rows: batch.filter(({ list }) => list === 'rows'),
      feedback: batch.filter(({ list }) => list === 'feedback'),
    }
    const refused = new Set(rejected.flatMap(({ list, index }) => sent[list]?.[index] ?? []))
    this.#counts.rejected += refused.size
    this.#counts.acknowledged += batch.length - refused.size
    for (const { list, index, field, message } of rejected) {
      const item = sent[list]?.[index]
      const what = item ? nameOf(item) : list
      this.#report('rejected', `Refused ${what}: ${field ? `${field} ` : ''}${message}.`)
    }
  }

  /**
   * Exponential backoff with full jitter, or longer if the server asked for it. A flush cuts short only
   * what the server did not ask for.
   */
  async #retryLater(
    batch: readonly Sealed[],
    { reason, afterMs = 0, isTooSlow }: Extract<Answer, { kind: 'retry' }>,
  ): Promise<void> {
    this.#queue.giveBack()
    if (this.#failedAttempts++ === 0) {
      this.#report('unreachable', `${this.#options.url} did not store: ${reason}. Will retry.`)
    }
    // A batch that the line cannot carry in time would be sent for ever.
    if (isTooSlow && this.#failedAttempts >= HALVED_FROM_FAILURES) {
      this.#batchRowsMax = Math.ceil(batch.length / 2)
    }
    const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_BASE_MS * 2 ** (this.#failedAttempts - 1))
    const backoffMs = Math.random() * ceiling
    if (afterMs > 0) await sleep(afterMs).done
    if (afterMs >= backoffMs) return
    const pause = sleep(backoffMs - afterMs)
    this.#wake = pause.cancel
    await pause.done
    this.#wake = undefined
  }

  #dropped(): void {
    this.#counts.dropped++
    this.#overflow++
    this.#tellWaiters()
    if (this.#isFullReported) return
    this.#isFullReported = true
    this.#report('queue_full', 'The queue is full; the oldest items are dropped and counted.')
  }

  #tellWaiters(): void {
    const oldest = this.#queue.oldestSeq
    for (const waiter of this.#waiters) {
      if (waiter.seq >= oldest) continue
      this.#waiters.delete(waiter)
      waiter.done()
    }
  }

  #report(code: HeedError['code'], message: string): void {
    this.#options.report(new HeedError(code, message))
  }
}

type RejectedItem = Extract<Answer, { kind: 'stored' }>['rejected'][number]

const nameOf = ({ list, id }: Pick<Item, 'list' | 'id'>): string => `${list} ${id.slice(0, 60)}`

/** `fetch failed` says little; its cause says which host and why. */
function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof Error ? thrown.cause : undefined
  if (!(cause instanceof Error)) return messageOf(thrown)
  return `${messageOf(thrown)} (${'code' in cause ? String(cause.code) : cause.message})`
}
