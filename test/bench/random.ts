/** Random numbers from a seed: sfc32, of Chris Doty-Humphrey's PractRand. The same on every machine. */
export class Random {
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(seed: number) {
    this.#a = 0x9e3779b9
    this.#b = seed >>> 0
    this.#c = Math.floor(seed / 2 ** 32) >>> 0
    for (let i = 0; i < 15; i++) this.bits()
  }

  /** 32 random bits. */
  bits(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** In [0, 1). */
  share(): number {
    return this.bits() / 2 ** 32
  }

  /** A whole number in [0, below). */
  below(below: number): number {
    return Math.floor(this.share() * below)
  }

  chance(probability: number): boolean {
    return this.share() < probability
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.below(from.length)]
    if (picked === undefined) throw new Error('There is nothing to pick from.')
    return picked
  }

  /** Log-normal: `sigma` is the standard deviation of the logarithm. */
  logNormal(median: number, sigma: number): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.share()))
    return median * Math.exp(sigma * radius * Math.cos(2 * Math.PI * this.share()))
  }

  /** A whole number in [0, below) with a heavy tail: the first tenth is picked about half of the time. */
  few(below: number): number {
    return Math.floor(below * this.share() ** 3)
  }

  /** Hex digits, lower case. */
  hex(digits: number): string {
    let text = ''
    while (text.length < digits) text += this.bits().toString(16).padStart(8, '0')
    return text.slice(0, digits)
  }
}
