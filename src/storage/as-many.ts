import { type Cursor, encodeCursor } from './cursor.ts'
import { int, type Sql, sql } from './sql.ts'

/** Ends a statement that may answer so much, and no more: then it fails, and `isTooMuch` knows it. */
export const atMost = ({ rows, bytes }: { readonly rows?: number; readonly bytes?: number }): Sql =>
  sql`SETTINGS max_result_rows = ${int(rows ?? 0)}, max_result_bytes = ${int(bytes ?? 0)}`

/** Whether a statement failed because it would have answered more than it may. */
export const isTooMuch = (reason: unknown): boolean =>
  /limit for result exceeded/i.test(String(reason))

/** Part of a list, with the place to go on from. */
interface Part<T> {
  readonly rows: readonly T[]
  readonly cursor: string | null
}

/**
 * What `read` finds for a page, or for as much of it as can be answered: where the whole is too much, its first
 * half is tried. Throws what `read` throws for one row alone.
 */
export async function asManyAsFit<T extends Cursor, R>(
  page: Part<T>,
  read: (rows: readonly T[]) => Promise<R>,
): Promise<Part<T> & { readonly found: R }> {
  try {
    return { ...page, found: await read(page.rows) }
  } catch (reason) {
    if (!isTooMuch(reason) || page.rows.length < 2) throw reason
    const rows = page.rows.slice(0, Math.ceil(page.rows.length / 2))
    const last = rows.at(-1)
    return asManyAsFit({ rows, cursor: last ? encodeCursor(last) : null }, read)
  }
}
