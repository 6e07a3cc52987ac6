const WIDTH = 30
const LINE_EVERY_MS = 10_000

/** Tells how far a long work is: a bar on a terminal, elsewhere a line every ten seconds. */
export class Progress {
  readonly #what: string
  readonly #total: number
  readonly #begun = performance.now()
  #toldAt = performance.now()

  constructor(what: string, total: number) {
    this.#what = what
    this.#total = total
  }

  /** `done` of the total. Told at most five times a second. */
  at(done: number): void {
    const now = performance.now()
    if (now - this.#toldAt < (process.stderr.isTTY ? 200 : LINE_EVERY_MS)) return
    this.#toldAt = now
    const share = Math.min(done / this.#total, 1)
    const seconds = (now - this.#begun) / 1000
    const left = share > 0 ? Math.round(seconds / share - seconds) : 0
    const rate = Math.round(done / Math.max(seconds, 0.001))
    const text = `${this.#what} ${Math.round(done)} of ${this.#total}, ${rate}/s, ${left} s left`
    const bar = `${'█'.repeat(Math.round(share * WIDTH))}`.padEnd(WIDTH, '░')
    process.stderr.write(process.stderr.isTTY ? `\r\x1b[2K${bar} ${text}` : `${text}\n`)
  }

  /** Clears the bar. */
  end(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K')
  }
}

/** One line on what begins now. */
export const tell = (text: string): void => {
  process.stderr.write(`${text}\n`)
}
