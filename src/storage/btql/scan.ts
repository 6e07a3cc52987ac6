import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Expression } from '../../wire/btql.ts'
import type { RowJson } from '../merge.ts'
import { PAGE_BYTES_MAX } from '../page-bytes.ts'
import { isLetThrough } from './evaluate.ts'

/** How many rows one request looks at, and for how long, in milliseconds: then it answers what it has. */
const ROWS_MAX = 20_000
const WORK_MS = 5_000

/** For how long rows are decided on in one turn of the event loop, in milliseconds: a filter may hold a long list. */
const TURN_MS = 10

/** How many rows are read at once where a filter may drop some. */
const STEP = 500

/** A row, and where to go on after it. */
export interface Found {
  /** Null: it has gone meanwhile. */
  readonly row: RowJson | null
  readonly cursor: string
  /** About as many as its JSON has. */
  readonly bytes: number
}

export interface RowPage {
  readonly rows: readonly RowJson[]
  /** Null at the end. A page may be short, or empty, and have one. */
  readonly cursor: string | null
}

/**
 * Reads on until `limit` rows were let through, the page is full, nothing is left, or it took long enough. `read`
 * answers up to as many rows as asked, in order, after a cursor; none: the end.
 */
export async function scan(
  read: (limit: number, cursor: string | undefined) => Promise<readonly Found[]>,
  filter: Expression | undefined,
  limit: number,
  cursor?: string,
): Promise<RowPage> {
  const rows: RowJson[] = []
  const until = Date.now() + WORK_MS
  let looked = 0
  let bytes = 0
  let last = cursor
  while (rows.length < limit && looked < ROWS_MAX && Date.now() < until) {
    const step = filter ? Math.max(STEP, limit) : limit - rows.length
    const found = await read(Math.min(step, 1000), last)
    if (found.length === 0) return { rows, cursor: null }
    let begun = performance.now()
    for (const one of found) {
      if (performance.now() - begun > TURN_MS) {
        if (Date.now() >= until) return { rows, cursor: last ?? null }
        await nextTurn()
        begun = performance.now()
      }
      looked += 1
      last = one.cursor
      if (!one.row || (filter && !isLetThrough(filter, one.row))) continue
      rows.push(one.row)
      bytes += one.bytes
      if (rows.length === limit || bytes >= PAGE_BYTES_MAX) return { rows, cursor: last }
    }
  }
  return { rows, cursor: last ?? null }
}
