/** What a page of whole rows holds at most, in bytes of their JSON; one row always fits. */
export const PAGE_BYTES_MAX = 16 * 2 ** 20

/** As many rows from the first on as fit into a page. */
export function fitting<T extends { readonly bytes: number }>(rows: readonly T[]): T[] {
  let bytes = 0
  const end = rows.findIndex((row, i) => {
    bytes += row.bytes
    return i > 0 && bytes > PAGE_BYTES_MAX
  })
  return end < 0 ? [...rows] : rows.slice(0, end)
}
