// C0 and C1 controls except tab, line feed and carriage return; zero-width space, word joiner and byte
// order mark; the overrides, embeddings and isolates that reorder what stands around them; line and
// paragraph separators; tag characters, which hide text; surrogates without their other half.
const HIDDEN =
  /(?![\t\n\r])\p{Cc}|[\u200b\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}\p{Cs}]/gu

/** The same text with every character that hides or reorders others spelled out, such as `⟦U+202E⟧`. */
export function visible(text: string): string {
  return text.replace(HIDDEN, (character) => {
    const code = character.codePointAt(0) ?? 0
    return `⟦U+${code.toString(16).toUpperCase().padStart(4, '0')}⟧`
  })
}

/** The name of a span as it is shown: some, such as logs of an official SDK, have none. */
export const visibleName = (name: string): string => visible(name) || '(no name)'
