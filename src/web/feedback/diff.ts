export interface Piece {
  kind: 'same' | 'removed' | 'added'
  text: string
}

/** Beyond this many comparisons the middle is shown as replaced whole: a page must not hang on a diff. */
const COMPARISONS_MAX = 4_000_000

/** How `before` becomes `after`, word by word; pieces in order, joined they give both texts. */
export function diffWords(before: string, after: string): Piece[] {
  const a = words(before)
  const b = words(after)
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  while (
    end < a.length - start &&
    end < b.length - start &&
    a[a.length - 1 - end] === b[b.length - 1 - end]
  ) {
    end++
  }
  return merge([
    { kind: 'same', text: a.slice(0, start).join('') },
    ...diffMiddle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    { kind: 'same', text: a.slice(a.length - end).join('') },
  ])
}

const words = (text: string): string[] => text.match(/\s+|[\p{L}\p{N}_]+|./gsu) ?? []

/** By the longest common subsequence. */
function diffMiddle(a: string[], b: string[]): Piece[] {
  if (a.length * b.length > COMPARISONS_MAX) {
    return [
      { kind: 'removed', text: a.join('') },
      { kind: 'added', text: b.join('') },
    ]
  }
  const width = b.length + 1
  // common[i * width + j]: length of the longest common subsequence of a[i…] and b[j…]
  const common = new Uint32Array((a.length + 1) * width)
  const at = (i: number, j: number) => common[i * width + j] ?? 0
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] =
        a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const pieces: Piece[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      pieces.push({ kind: 'same', text: a[i] ?? '' })
      i++
      j++
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) {
      pieces.push({ kind: 'removed', text: a[i++] ?? '' })
    } else {
      pieces.push({ kind: 'added', text: b[j++] ?? '' })
    }
  }
  return pieces
}

/** Neighbours of one kind become one piece. */
function merge(pieces: Piece[]): Piece[] {
  const merged: Piece[] = []
  for (const piece of pieces) {
    if (piece.text === '') continue
    const last = merged.at(-1)
    if (last?.kind === piece.kind) last.text += piece.text
    else merged.push({ ...piece })
  }
  return merged
}
