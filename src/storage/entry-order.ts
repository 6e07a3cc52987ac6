import { createHash } from 'node:crypto'
import type { Entry } from './fold.ts'
import { plainRow } from './merge.ts'
import { asFiled } from './payload-row.ts'
import { type Micros, parseMicros, SKEW_TRUSTED } from './time.ts'

/** In one moment the whole row is first: clients count in milliseconds, and a change needs its row. */
const RANK = { whole: 0, merge: 1, delete: 2 }

/** Each delivery once, as it came first: what was written, and the moment it was filed under. */
export function deliveries(entries: readonly Entry[]): Entry[] {
  if (entries.length < 2) return [...entries]
  const first = new Map<string, Entry>()
  for (const entry of entries) {
    const key = `${entry.at} ${entryHash(entry)}`
    const before = first.get(key)
    if (!before || entry.arrivedAt < before.arrivedAt) first.set(key, entry)
  }
  return [...first.values()]
}

/**
 * The writes of a row in the order in which they were made, each once; what is left of a tie is settled
 * by their first arrival, then by content. A write that says when it was made, and comes again, is the same write.
 */
export function inOrder(entries: readonly Entry[]): Entry[] {
  if (entries.length < 2) return [...entries]
  const corrections = ofOneClock(entries.map(correction).filter((by) => by !== 0))
  const timed = entries.map((entry) => {
    const by = correction(entry)
    const given = entry.at - by
    return { entry, by, given, at: given + (corrections.get(by) ?? 0), hash: entryHash(entry) }
  })
  keepFastClock(timed)
  timed.sort(
    (a, b) =>
      a.at - b.at ||
      a.given - b.given ||
      RANK[a.entry.kind] - RANK[b.entry.kind] ||
      a.entry.arrivedAt - b.entry.arrivedAt ||
      (a.hash < b.hash ? -1 : 1),
  )
  const seen = new Set<string>()
  return timed.flatMap(({ entry, hash }) => {
    const isAgain = seen.has(hash) && typeof entry.row.created === 'string'
    seen.add(hash)
    return isAgain ? [] : [entry]
  })
}

/**
 * A clock that is a few seconds fast is not corrected: a write stands at its arrival if it came before its
 * time, else at its time. What such a clock says came first is no later than what stands at its arrival.
 */
function keepFastClock(timed: { entry: Entry; by: Micros; given: Micros; at: Micros }[]): void {
  const isEarly = ({ by }: { by: Micros }) => by < 0 && by >= -SKEW_TRUSTED
  if (!timed.some(isEarly)) return
  let earliest = Infinity
  for (const one of timed.toSorted((a, b) => b.given - a.given || a.by - b.by)) {
    if (isEarly(one)) earliest = Math.min(earliest, one.at)
    else if (one.by === 0 && typeof one.entry.row.created === 'string') {
      one.at = Math.min(one.at, earliest)
    }
  }
}

/** By how much the time that a write gave was corrected (time.ts), in microseconds. */
export function correction({ at, row: { created } }: Entry): Micros {
  const given = typeof created === 'string' ? parseMicros(created) : at
  return Number.isFinite(given) ? at - given : 0
}

/**
 * What is measured of a client's clock holds the delay of the request too, so the writes of one clock
 * are corrected by amounts that differ a little, and would change places. Amounts this near to the
 * least of them are of one clock; the least had the least delay, so it is the nearest to the truth.
 */
function ofOneClock(measured: readonly Micros[]): Map<Micros, Micros> {
  const taken = new Map<Micros, Micros>()
  let least: Micros | undefined
  for (const by of measured.toSorted((a, b) => a - b)) {
    if (least === undefined || by - least > SKEW_TRUSTED) least = by
    taken.set(by, least)
  }
  return taken
}

/** An entry is hashed when it is ordered, when it is stored, and when it is told from another. */
const hashes = new WeakMap<Entry, string>()

/** 64 bits of SHA-256 over kind and row, decimal; of a whole row, the same when it is read back from its table. */
export function entryHash(entry: Entry): string {
  const known = hashes.get(entry)
  if (known !== undefined) return known
  const row = entry.kind === 'whole' ? asFiled(plainRow(entry.row)) : entry.row
  const text = `${entry.kind} ${JSON.stringify(row)}`
  const hash = String(createHash('sha256').update(text).digest().readBigUInt64BE())
  hashes.set(entry, hash)
  return hash
}
