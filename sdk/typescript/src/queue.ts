/** Something that waits to be sent. Its text is made when it is taken, so late changes count. */
export interface Item {
  readonly list: 'rows' | 'feedback'
  readonly id: string
  seq: number
  readonly size: number
  take(): string
  discard(): void
}

/** An item as it travels. It never changes again: sent twice, it is the same bytes. */
export interface Sealed {
  readonly list: Item['list']
  readonly id: string
  readonly seq: number
  readonly bytes: Uint8Array
}

export interface QueueLimits {
  readonly maxRows: number
  /** Of queued JSON text, in UTF-16 code units: bytes, if the text is ASCII. */
  readonly maxBytes: number
}

/** How items are lost here. */
export interface QueueLosses {
  /** The oldest item went, as the queue was full. */
  readonly onDrop: () => void
  /** An item has no text: the runtime cannot make one of that length, for instance. */
  readonly onUnwritable: (item: Item, thrown: unknown) => void
}

const encoder = new TextEncoder()

/**
 * A bounded queue, first in, first out. When it is full the oldest item goes, and is counted.
 * Items that are being sent are counted as queued until they are settled.
 */
export class Queue {
  readonly #limits: QueueLimits
  readonly #losses: QueueLosses
  /** Taken before, and given back because sending failed: older than all that is open. */
  #returned: Sealed[] = []
  #sending: readonly Sealed[] = []
  #open: Item[] = []
  #head = 0
  #bytes = 0
  #seq = 0

  constructor(limits: QueueLimits, losses: QueueLosses) {
    this.#limits = limits
    this.#losses = losses
  }

  get length(): number {
    return this.#waiting() + this.#sending.length
  }

  /** The number of the newest item: all that was logged so far has at most this number. */
  get newestSeq(): number {
    return this.#seq
  }

  /** The number of the oldest item that is not settled; infinite if there is none. */
  get oldestSeq(): number {
    const oldest = this.#sending[0] ?? this.#returned[0] ?? this.#open[this.#head]
    return oldest?.seq ?? Number.POSITIVE_INFINITY
  }

  #waiting(): number {
    return this.#returned.length + this.#open.length - this.#head
  }

  /** Queues an item, or counts the change of one that is queued. `sizeBefore` is its old size. */
  put(item: Item, sizeBefore: number): void {
    if (item.seq === 0) {
      item.seq = ++this.#seq
      this.#open.push(item)
      this.#bytes += item.size
    } else {
      this.#bytes += item.size - sizeBefore
    }
    while (this.length > this.#limits.maxRows || this.#bytes > this.#limits.maxBytes) {
      if (!this.#dropOldest()) return
    }
  }

  #dropOldest(): boolean {
    const returned = this.#returned.shift()
    if (returned) {
      this.#bytes -= returned.bytes.byteLength
    } else {
      const item = this.#next()
      if (!item) return false
      item.discard()
    }
    this.#losses.onDrop()
    return true
  }

  /** Removes the first open item; its `size` is still what it was counted with. */
  #next(): Item | undefined {
    const item = this.#open[this.#head]
    if (!item) return undefined
    this.#head++
    // Cut what was taken, but seldom: each cut copies the rest.
    if (
      this.#head === this.#open.length ||
      (this.#head > 1000 && this.#head * 2 > this.#open.length)
    ) {
      this.#open = this.#open.slice(this.#head)
      this.#head = 0
    }
    this.#bytes -= item.size
    item.seq = 0
    return item
  }

  /** The oldest items, at least one if there is any, within both limits. */
  take(rowsMax: number, bytesMax: number): readonly Sealed[] {
    const batch: Sealed[] = []
    let bytes = 0
    while (batch.length < rowsMax) {
      const sealed = this.#returned.shift() ?? this.#seal()
      if (!sealed) break
      if (batch.length > 0 && bytes + sealed.bytes.byteLength > bytesMax) {
        this.#returned.unshift(sealed)
        break
      }
      bytes += sealed.bytes.byteLength
      batch.push(sealed)
    }
    this.#sending = batch
    return batch
  }

  /** The first open item that has a text, as it travels. */
  #seal(): Sealed | undefined {
    for (;;) {
      const seq = this.#open[this.#head]?.seq
      const item = this.#next()
      if (!item || seq === undefined) return undefined
      try {
        const bytes = encoder.encode(item.take())
        this.#bytes += bytes.byteLength
        return { list: item.list, id: item.id, seq, bytes }
      } catch (thrown) {
        this.#losses.onUnwritable(item, thrown)
      }
    }
  }

  /** The items being sent are settled, well or badly: they leave. Returns how many they were. */
  settle(): number {
    const { length } = this.#sending
    for (const { bytes } of this.#sending) this.#bytes -= bytes.byteLength
    this.#sending = []
    return length
  }

  /** The items being sent were not delivered: they are the first to be taken again. */
  giveBack(): void {
    this.#returned = [...this.#sending, ...this.#returned]
    this.#sending = []
  }
}
