import type { Entry } from './fold.ts'
import { mergeRow, plainRow, type RowJson } from './merge.ts'

/** One write of a record as it is read back. */
export interface StoredWrite {
  readonly kind: Entry['kind']
  readonly xactId: string
  /** When it arrived, ISO 8601. */
  readonly created: string
  readonly row: RowJson
}

/** What the writes of a record, in order and each once, add up to; null: it is not there. */
export function foldRecord(
  writes: readonly StoredWrite[],
): { readonly row: RowJson; readonly xactId: string; readonly created: string } | null {
  let row: RowJson | null = null
  for (const write of writes) {
    if (write.kind === 'merge') row = row ? mergeRow(row, write.row) : plainRow(write.row)
    else row = write.kind === 'whole' ? plainRow(write.row) : null
  }
  const [first] = writes
  const last = writes.at(-1)
  return row && first && last ? { row, xactId: last.xactId, created: first.created } : null
}
