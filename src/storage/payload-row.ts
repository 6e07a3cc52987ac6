import { z } from 'zod'
import type { Json } from '../wire/common.ts'
import type { ClickHouse } from './clickhouse.ts'
import type { Folded } from './fold.ts'
import type { RowJson } from './merge.ts'
import type { Place } from './span-row.ts'
import { type Sql, sql, strs } from './sql.ts'

/** The parts of a row that have a column of their own in `payloads`. */
const PARTS = ['input', 'output', 'expected', 'error', 'metadata'] as const

/** Said by the envelope or by the place, not by the row. */
const ELSEWHERE = new Set(['id', 'project_id', 'project_name', 'log_id', ...PARTS])

const restOf = (row: RowJson) => Object.entries(row).filter(([key]) => !ELSEWHERE.has(key))

/** The row of `payloads`: the row by part, stored as JSON. Empty text is a key that is not there. */
export function payloadColumns(place: Place, { row, version }: Folded, xactId: string) {
  return {
    project_id: place.projectId,
    time: place.time,
    id: place.id,
    version,
    xact_id: xactId,
    input: part(row?.input),
    output: part(row?.output),
    expected: part(row?.expected),
    error: part(row?.error),
    metadata: part(row?.metadata),
    rest: Object.fromEntries(restOf(row ?? {})),
  }
}

/** An insert stores objects and lists as their JSON by itself; what else there is must be made JSON here. */
function part(value: Json | undefined): Json {
  if (value === undefined) return ''
  return typeof value === 'object' && value !== null ? value : JSON.stringify(value)
}

/** The current version of each row of one project, as a table; `where` must not tell versions of a row apart. */
export const currentPayloads = (where: Sql): Sql =>
  sql`(SELECT * FROM payloads WHERE ${where} ORDER BY version DESC, xact_id DESC LIMIT 1 BY id)`

/** A row of `payloads` as it is read: JSON text by part. */
export const PayloadRow = z.object({
  input: z.string(),
  output: z.string(),
  expected: z.string(),
  error: z.string(),
  metadata: z.string(),
  rest: z.string(),
})

const IdentifiedRow = PayloadRow.extend({ id: z.string(), xact_id: z.string() })

const COLUMNS = sql`id, xact_id, input, output, expected, error, metadata, rest`

/**
 * The payloads that belong to rows of `spans`; `where` finds them, and `spans` may still be on its way. Of a write
 * that was stored by half, and never acknowledged, the payload alone may be there: it is not taken.
 */
export async function payloadsOf(
  ch: ClickHouse,
  where: Sql,
  spans: Promise<readonly { readonly id: string; readonly xact_id: string }[]>,
): Promise<z.output<typeof IdentifiedRow>[]> {
  const [newest, rows] = await Promise.all([
    ch.rows(IdentifiedRow, sql`SELECT ${COLUMNS} FROM ${currentPayloads(where)}`),
    spans,
  ])
  const writtenBy = new Map(rows.map(({ id, xact_id }) => [id, xact_id]))
  const isOther = ({ id, xact_id }: { id: string; xact_id: string }) =>
    xact_id !== (writtenBy.get(id) ?? xact_id)
  const others = newest.filter(isOther)
  if (others.length === 0) return newest
  const ids = others.map(({ id }) => id)
  const same = await ch.rows(
    IdentifiedRow,
    sql`SELECT ${COLUMNS} FROM payloads
        WHERE ${where} AND id IN ${strs(ids)}
          AND toString(xact_id) IN ${strs(ids.map((id) => writtenBy.get(id) ?? ''))}
        ORDER BY version DESC LIMIT 1 BY id, xact_id`,
  )
  const found = new Map(same.filter((row) => !isOther(row)).map((row) => [row.id, row]))
  return newest.map((row) => found.get(row.id) ?? row)
}

/** The row back from its parts. */
export function rowOfPayload(payload: z.output<typeof PayloadRow>): RowJson {
  const parts = PARTS.filter((key) => payload[key] !== '')
  return {
    ...JSON.parse(payload.rest),
    ...Object.fromEntries(parts.map((k) => [k, JSON.parse(payload[k])])),
  }
}

/** A row as it would come back from its parts: the same keys, in the same order. */
export const asFiled = (row: RowJson): RowJson =>
  Object.fromEntries([
    ...restOf(row),
    ...PARTS.flatMap((key) => (row[key] === undefined ? [] : [[key, row[key]] as const])),
  ])
