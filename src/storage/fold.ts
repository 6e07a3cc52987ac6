import { deliveries, inOrder } from './entry-order.ts'
import { mergeRow, plainRow, type RowJson } from './merge.ts'
import type { Micros } from './time.ts'

/** One write of one row: whole, a change of it, or its deletion. */
export interface Entry {
  readonly kind: 'whole' | 'merge' | 'delete'
  /** The order among the writes of one row, whatever the order in which they arrive. */
  readonly at: Micros
  /** When it came first: the order among the writes of one moment. */
  readonly arrivedAt: Micros
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
  const all = deliveries(entries)
  let row: RowJson | null = null
  let hasWhole = false
  for (const entry of inOrder(all)) {
    if (entry.kind === 'merge') row = row ? mergeRow(row, entry.row) : plainRow(entry.row)
    else row = entry.kind === 'whole' ? plainRow(entry.row) : null
    if (entry.kind !== 'merge') hasWhole = entry.kind === 'whole'
  }
  return {
    row,
    hasWhole,
    version: version(
      all.reduce((newest, { at }) => Math.max(newest, at), 0),
      all.length,
    ),
    firstAt: all.reduce((first, { at }) => Math.min(first, at), all[0]?.at ?? 0),
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
