import { createHash } from 'node:crypto'
import { mergeRow, plainRow, type RowJson } from './merge.ts'
import type { Micros } from './time.ts'

/** One write of one row: whole, a change of it, or its deletion. */
export interface Entry {
  readonly kind: 'whole' | 'merge' | 'delete'
  /** The order among the writes of one row, whatever the order in which they arrive. */
  readonly at: Micros
  readonly row: RowJson
}

/** What the writes of a row add up to. */
export interface Folded {
  /** Null: deleted. */
  readonly row: RowJson | null
  /** False while only changes have arrived: the row is there, but may lack its beginning. */
  readonly hasWhole: boolean
  readonly version: string
  readonly firstAt: Micros
}

/**
 * Folds the writes of one row, in any order of arrival and any number of times, to the state that
 * they leave in order of time: a whole row replaces, a change merges or, without a target, inserts,
 * a deletion removes.
 */
export function fold(entries: readonly Entry[]): Folded {
  const all = ordered(entries)
  let row: RowJson | null = null
  let hasWhole = false
  for (const { entry } of onceEach(all)) {
    if (entry.kind === 'merge') row = row ? mergeRow(row, entry.row) : plainRow(entry.row)
    else row = entry.kind === 'whole' ? plainRow(entry.row) : null
    if (entry.kind !== 'merge') hasWhole = entry.kind === 'whole'
  }
  return {
    row,
    hasWhole,
    version: version(all.at(-1)?.entry.at ?? 0, all.length),
    firstAt: all[0]?.entry.at ?? 0,
  }
}

/**
 * The version of a stored row, decimal: the order of its newest write, then how many writes it is
 * made of, so that of two folds with the same newest write the one that knew more wins.
 */
export const version = (at: Micros, count: number): string =>
  String(BigInt(at) * 256n + BigInt(Math.min(count, 255)))

/** The time of the newest write, from a version. */
export const versionAt = (value: string): Micros => Number(BigInt(value) / 256n)

/** In one moment the whole row is first: clients count in milliseconds, and a change needs its row. */
const RANK = { whole: 0, merge: 1, delete: 2 }

/** An entry and the hash of what it says; a lone one has nothing to be told apart from. */
interface Hashed {
  readonly entry: Entry
  readonly hash: string
}

/** Each entry once, in order of time; what is left of a tie is settled by content, not by arrival. */
function ordered(entries: readonly Entry[]): Hashed[] {
  if (entries.length < 2) return entries.map((entry) => ({ entry, hash: '' }))
  const hashed = entries.map((entry) => ({ entry, hash: entryHash(entry) }))
  const once = new Map(hashed.map((one) => [`${one.entry.at} ${one.hash}`, one]))
  return [...once.values()].sort(
    (a, b) =>
      a.entry.at - b.entry.at ||
      RANK[a.entry.kind] - RANK[b.entry.kind] ||
      (a.hash < b.hash ? -1 : 1),
  )
}

/**
 * A write that says when it was made, and comes again, is the same write: where its client's clock
 * is corrected, by how much differs with each request. The earliest was the fastest, so it is the
 * nearest to the truth. Versions count all of them, so that of two folds the later one knows more.
 */
function onceEach(inOrder: readonly Hashed[]): Hashed[] {
  const seen = new Set<string>()
  return inOrder.filter(({ entry, hash }) => {
    if (typeof entry.row.created !== 'string') return true
    const isNew = !seen.has(hash)
    seen.add(hash)
    return isNew
  })
}

/** An entry is hashed when it is ordered, when it is stored, and when it is told from another. */
const hashes = new WeakMap<Entry, string>()

/** 64 bits of SHA-256 over kind and row, decimal. */
export function entryHash(entry: Entry): string {
  const known = hashes.get(entry)
  if (known !== undefined) return known
  const text = `${entry.kind} ${JSON.stringify(entry.row)}`
  const hash = String(createHash('sha256').update(text).digest().readBigUInt64BE())
  hashes.set(entry, hash)
  return hash
}
