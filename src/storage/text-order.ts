/**
 * Compares text as the engine does, by its bytes in UTF-8, which is the order of code points: `<` would
 * put characters beyond U+FFFF, whose units in UTF-16 are surrogates, before U+E000 to U+FFFF.
 */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)]
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}

/** Surrogates, 0xd800 to 0xdfff, come last. */
const rank = (unit: number) => (unit < 0xd800 || unit > 0xdfff ? unit : unit + 0x1_0000)
