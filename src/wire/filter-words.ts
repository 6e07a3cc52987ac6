/**
 * What separates words: whatever is neither a letter nor a digit of ASCII, and the punctuation of
 * Latin-1, of typography and of CJK. Other characters are parts of words.
 */
const GAPS = /[^a-z0-9\u{c0}-\u{1fff}\u{2070}-\u{2fff}\u{3040}-\u{10ffff}]+/u

/** The words of a text, in small letters: what `~` looks for in inputs, outputs and texts. */
export const words = (text: string): string[] =>
  [...new Set(text.toLowerCase().split(GAPS))].filter((word) => word !== '')
