/** A record in a listing: enough to find it and to know how much it is. */
export interface Listed {
  readonly id: string
  /** Arrival of its first write: records are in this order, newest first. */
  readonly micros: number
  /** Of the writes that it is made of. */
  readonly bytes: number
}

/** Which records a dataset has at a version. */
export interface Listing {
  readonly records: readonly Listed[]
  /** The newest transaction that deleted one; 0: none did. */
  readonly newestDeletion: string
}

/** How many records are remembered in all listings together: 100 bytes each or so. */
const RECORDS_MAX = 300_000

/** How long after its last use a listing is remembered, in milliseconds. */
const LIVES_MS = 60_000

interface Remembered {
  readonly listing: Promise<Listing>
  size: number
  timer: NodeJS.Timeout
}

/**
 * Listings by dataset and version. To make one all writes of a dataset are looked at, and a dataset is read
 * page by page; at a version whose writes are settled it never changes, so it may be kept.
 */
export class Listings {
  readonly #read: (key: string) => Promise<Listing>
  readonly #remembered = new Map<string, Remembered>()
  #size = 0

  /** `read` makes the listing of a key. */
  constructor(read: (key: string) => Promise<Listing>) {
    this.#read = read
  }

  async get(key: string): Promise<Listing> {
    const known = this.#remembered.get(key)
    if (known) {
      known.timer.refresh()
      return known.listing
    }
    const listing = this.#read(key)
    const timer = setTimeout(() => this.#forget(key), LIVES_MS).unref()
    const remembered = { listing, size: 0, timer }
    this.#remembered.set(key, remembered)
    try {
      const { records } = await listing
      // It may have been forgotten meanwhile, in favour of others.
      if (this.#remembered.get(key) === remembered) {
        remembered.size = records.length
        this.#size += records.length
      }
    } catch (reason) {
      this.#forget(key)
      throw reason
    }
    for (const oldest of this.#remembered.keys()) {
      if (this.#size <= RECORDS_MAX) break
      this.#forget(oldest)
    }
    return listing
  }

  #forget(key: string): void {
    const remembered = this.#remembered.get(key)
    if (!remembered) return
    clearTimeout(remembered.timer)
    this.#size -= remembered.size
    this.#remembered.delete(key)
  }
}

/** The records after a place, in order: found by halving. */
export function after(
  { records }: Listing,
  place: { readonly micros: number; readonly id: string } | null,
  limit: number,
): readonly Listed[] {
  if (!place) return records.slice(0, limit)
  let [low, high] = [0, records.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const one = records[middle]
    if (one && isBefore(one, place)) high = middle
    else low = middle + 1
  }
  return records.slice(low, low + limit)
}

/** Whether a record is older than a place, and so comes after it. Ids compare as their UTF-8 bytes do. */
const isBefore = (
  one: { readonly micros: number; readonly id: string },
  place: { readonly micros: number; readonly id: string },
) =>
  one.micros < place.micros ||
  (one.micros === place.micros && Buffer.compare(Buffer.from(one.id), Buffer.from(place.id)) < 0)
