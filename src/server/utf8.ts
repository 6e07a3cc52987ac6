/** A text, and what stands in it in place of bytes that are not UTF-8, if there are any. */
export interface Decoded {
  readonly text: string
  readonly brokenMark?: string
}

/**
 * Decodes JSON text. Bytes that are not UTF-8 become a mark that occurs nowhere else, so that the
 * item which holds them can be refused by name, and its neighbours be stored.
 */
export function decodeUtf8(bytes: Uint8Array): Decoded {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    const brokenMark = `\ufffd${crypto.randomUUID()}`
    const lenient = new TextDecoder('utf-8').decode(withEscapes(bytes))
    return { text: lenient.replaceAll('\ufffd', brokenMark), brokenMark }
  }
}

/** Replacement characters that were sent as such, as an escape: what is left of them means broken. */
function withEscapes(bytes: Uint8Array): Uint8Array {
  const sent = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const parts: Buffer[] = []
  let from = 0
  for (let at = sent.indexOf('\ufffd'); at >= 0; at = sent.indexOf('\ufffd', from)) {
    parts.push(sent.subarray(from, at), Buffer.from('\\ufffd'))
    from = at + 3
  }
  return Buffer.concat([...parts, sent.subarray(from)])
}
