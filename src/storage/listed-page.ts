import { decodeCursor, encodeCursor, wrongCursor } from './cursor.ts'

interface Page {
  readonly limit: number
  readonly cursor?: string | undefined
}

/**
 * Some of what is held in memory, in the order that it has, and where to go on: null at the end. Throws
 * AppError `invalid_request` for a wrong cursor.
 */
export function listedPage<T extends { readonly id: string; readonly created: string }>(
  all: readonly T[],
  { limit, cursor }: Page,
): { readonly items: readonly T[]; readonly cursor: string | null } {
  const after = cursor === undefined ? null : decodeCursor(cursor)
  const from = after ? all.findIndex(({ id }) => id === after.id) + 1 : 0
  if (after && from === 0) throw wrongCursor()
  const items = all.slice(from, from + limit)
  const last = items.at(-1)
  const isEnd = !last || from + limit >= all.length
  return {
    items,
    cursor: isEnd ? null : encodeCursor({ time: Date.parse(last.created), id: last.id }),
  }
}
