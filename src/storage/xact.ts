/** When a transaction began, in microseconds: to the second, and within it in order. */
export function xactAt(xactId: string): number {
  const id = BigInt(xactId)
  return Number((id >> 16n) & 0xffff_ffffn) * 1_000_000 + Number(id & 0xffffn)
}

/**
 * Transaction ids: 19 decimal digits that only grow, also across restarts. Layout as the official
 * service's: 0x0DE1 in the top 16 bits, unix seconds in the next 32, a counter in the last 16.
 */
export class TransactionIds {
  #last: bigint

  /** `last` is the greatest id ever given out, or 0. */
  constructor(last: bigint) {
    this.#last = last
  }

  next(): string {
    const now = (0x0de1n << 48n) | (BigInt(Math.floor(Date.now() / 1000)) << 16n)
    this.#last = now > this.#last ? now : this.#last + 1n
    return String(this.#last)
  }
}
