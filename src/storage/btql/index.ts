import type { Expression } from '../../wire/btql.ts'
import type { Dataset } from '../../wire/datasets.ts'
import type { ClickHouse } from '../clickhouse.ts'
import type { ledgerQueries } from '../ledger.ts'
import type { recordQueries } from '../records.ts'
import { narrowed } from './narrow.ts'
import { recordRow } from './record-rows.ts'
import { type RowPage, scan } from './scan.ts'
import { type Container, spanRowReader } from './span-rows.ts'

/** Which rows of a source, after which. */
interface Question {
  readonly filter?: Expression | undefined
  /** 0 and more; a page may be shorter. */
  readonly limit: number
  readonly cursor?: string | undefined
}

/** Whole rows as they travel, newest first, by key; a filter is decided on the row itself. */
export function btqlQueries(
  ch: ClickHouse,
  ledger: ReturnType<typeof ledgerQueries>,
  records: ReturnType<typeof recordQueries>,
) {
  const readSpans = spanRowReader(ch, ledger)
  return {
    /** Throws AppError `invalid_request` for a cursor that is none. */
    spans: (container: Container, { filter, limit, cursor }: Question): Promise<RowPage> =>
      scan(
        (step, after) => readSpans(container, narrowed(filter), step, after),
        filter,
        limit,
        cursor,
      ),
    /** As of a version, or without one of now. Throws AppError `invalid_request` for a cursor that is none. */
    records: (
      dataset: Dataset,
      { filter, limit, cursor, version }: Question & { readonly version?: string | undefined },
    ): Promise<RowPage> =>
      scan(
        async (step, after) => {
          const page = await records.page(dataset, { version, limit: step, cursor: after })
          return page.map(({ record, cursor: place, bytes }) => ({
            row: record && recordRow(dataset, record),
            cursor: place,
            bytes,
          }))
        },
        filter,
        limit,
        cursor,
      ),
  }
}
