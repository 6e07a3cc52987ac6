import { AppError } from '../errors.ts'
import { type Cursor, encodeCursor } from './cursor.ts'

/** Part of a list, with the place to go on from. */
interface Part<T> {
  readonly rows: readonly T[]
  readonly cursor: string | null
}

/**
 * What `read` finds for a page, or for as much of it as a bound lets through: where the whole is too large,
 * its first half is tried. Throws what `read` throws for one row alone.
 */
export async function asManyAsFit<T extends Cursor, R>(
  page: Part<T>,
  read: (rows: readonly T[]) => Promise<R>,
): Promise<Part<T> & { readonly found: R }> {
  try {
    return { ...page, found: await read(page.rows) }
  } catch (reason) {
    const isTooLarge = reason instanceof AppError && reason.code === 'query_too_large'
    if (!isTooLarge || page.rows.length < 2) throw reason
    const rows = page.rows.slice(0, Math.ceil(page.rows.length / 2))
    const last = rows.at(-1)
    return asManyAsFit({ rows, cursor: last ? encodeCursor(last) : null }, read)
  }
}
