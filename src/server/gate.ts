import { AppError } from '../errors.ts'

/** How many bytes of bodies may be read, parsed and committed at once: each is several times as large in memory. */
const BYTES_MAX = 24 * 2 ** 20

/** Bodies up to this size have room of their own: a vote does not wait for a flood of spans. */
const SMALL_BYTES = 64 * 2 ** 10
const SMALL_BYTES_MAX = 8 * 2 ** 20

/** How long a request waits for room, in milliseconds: a slow answer is better than a retry. */
const WAIT_MS = 2_000

/** What a gzipped body is taken for until it is unpacked. */
const GZIP_RATIO = 10

interface Waiting {
  readonly bytes: number
  readonly enter: () => void
  readonly refuse: (reason: AppError) => void
}

/** Room that a request has taken. */
export interface Room {
  /** The size, now that it is known. Never waits. */
  resize(bytes: number): void
  leave(): void
}

/**
 * Bounds what is in memory of requests that write. A body beyond the bound is not even read: it
 * waits in the sender's socket, in order of arrival, and after two seconds it is refused.
 */
export class Gate {
  #passing = 0
  #onEmpty = () => {}
  readonly #small = new Lane(SMALL_BYTES_MAX, WAIT_MS)
  readonly #large = new Lane(BYTES_MAX, WAIT_MS)
  #isClosed = false

  /** Bytes of bodies inside. */
  get bytes(): number {
    return this.#small.bytes + this.#large.bytes
  }

  /** Does what a request asks for. Throws AppError `shutting_down` once the server stops. */
  async pass(work: () => Promise<void>): Promise<void> {
    this.#assertOpen()
    this.#passing += 1
    try {
      await work()
    } finally {
      this.#passing -= 1
      if (this.#passing === 0) this.#onEmpty()
    }
  }

  /**
   * Resolves when there is room for a body; one alone is let in whatever its size. Throws AppError
   * `overloaded` after two seconds, `shutting_down` when the server stops.
   */
  async enter(bytes: number): Promise<Room> {
    this.#assertOpen()
    return (bytes <= SMALL_BYTES ? this.#small : this.#large).enter(bytes)
  }

  /** Lets nobody in any more; resolves when all who are inside are done, or after so many milliseconds. */
  async close(waitMs: number): Promise<void> {
    this.#isClosed = true
    for (const lane of [this.#small, this.#large]) lane.refuseAll(new AppError('shutting_down'))
    if (this.#passing === 0) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs)
      this.#onEmpty = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new AppError('shutting_down')
  }
}

/** Room for so many bytes, and who waits for it. */
export class Lane {
  readonly #waiting = new Set<Waiting>()
  readonly #bytesMax: number
  readonly #waitMs: number
  #bytes = 0

  constructor(bytesMax: number, waitMs: number) {
    this.#bytesMax = bytesMax
    this.#waitMs = waitMs
  }

  get bytes(): number {
    return this.#bytes
  }

  async enter(bytes: number): Promise<Room> {
    if (this.#waiting.size > 0 || !this.#hasRoom(bytes)) await this.#turn(bytes)
    else this.#bytes += bytes
    let taken = bytes
    return {
      resize: (now) => {
        this.#bytes += now - taken
        taken = now
        this.#admit()
      },
      leave: () => {
        this.#bytes -= taken
        taken = 0
        this.#admit()
      },
    }
  }

  refuseAll(reason: AppError): void {
    for (const { refuse } of [...this.#waiting]) refuse(reason)
  }

  #hasRoom(bytes: number): boolean {
    return this.#bytes === 0 || this.#bytes + bytes <= this.#bytesMax
  }

  #turn(bytes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer)
        this.#waiting.delete(waiting)
      }
      const waiting: Waiting = {
        bytes,
        enter: () => {
          end()
          this.#bytes += bytes
          resolve()
        },
        refuse: (reason) => {
          end()
          reject(reason)
          this.#admit()
        },
      }
      const timer = setTimeout(() => waiting.refuse(new AppError('overloaded')), this.#waitMs)
      this.#waiting.add(waiting)
    })
  }

  /** In order of arrival: a large body is not overtaken for ever by small ones. */
  #admit(): void {
    for (const { bytes, enter } of this.#waiting) {
      if (!this.#hasRoom(bytes)) return
      enter()
    }
  }
}

/** How much room a body is going to take, from its headers. `bytesMax`: the largest there may be. */
export function announcedBytes(headers: Headers, bytesMax: number): number {
  const length = headers.get('Content-Length')
  if (length === null) return bytesMax
  const ratio = headers.get('Content-Encoding') === 'gzip' ? GZIP_RATIO : 1
  return Math.min(Number(length) * ratio, bytesMax)
}
