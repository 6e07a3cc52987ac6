import { z } from 'zod'
import { append, byProject } from './by-project.ts'
import type { ClickHouse } from './clickhouse.ts'
import { CURRENT_SPANS } from './current-spans.ts'
import { type Entry, versionAt } from './fold.ts'
import { PayloadRow, rowOfPayload } from './payload-row.ts'
import { ints, type Sql, sql, strs, uuid } from './sql.ts'
import { xactAt } from './xact.ts'

/** A row by its id; `millis` is where it can lie alone, if its id tells. */
interface Placeable {
  readonly projectId: string
  readonly id: string
  readonly millis: number | undefined
}

/** Where rows lie that are there, in unix milliseconds, by `<project> <id>`: a row is never filed under two times. */
export async function placedTimes(
  ch: ClickHouse,
  rows: readonly Placeable[],
): Promise<Map<string, number>> {
  const Row = z.object({ id: z.string(), millis: z.coerce.number() })
  const found = await Promise.all(
    byProject(rows).flatMap(([projectId, some]) =>
      withIds(some).map(async (where) => {
        const placed = await ch.rows(
          Row,
          sql`SELECT id, toUnixTimestamp64Milli(min(spans.time)) AS millis FROM spans
              WHERE project_id = ${uuid(projectId)} AND ${where}
              GROUP BY id`,
        )
        return placed.map(({ id, millis }): [string, number] => [`${projectId} ${id}`, millis])
      }),
    ),
  )
  return new Map(found.flat())
}

/**
 * Conditions on `spans` that find rows by their ids, one statement each: by the key where ids tell the time,
 * by the index on ids where they do not. `millis` is the time in the id, if it tells one.
 */
export function withIds(rows: readonly Pick<Placeable, 'id' | 'millis'>[]): Sql[] {
  const told = rows.flatMap(({ id, millis }) =>
    millis === undefined ? [] : [{ id, time: millis }],
  )
  const opaque = rows.filter(({ millis }) => millis === undefined)
  const among = (some: readonly { readonly id: string }[]) =>
    sql`id IN ${strs(some.map(({ id }) => id))}`
  return [
    ...(told.length > 0
      ? [sql`${filedAt(sql`spans.time`, timesOf(told))} AND ${among(told)}`]
      : []),
    ...(opaque.length > 0 ? [among(opaque)] : []),
  ]
}

/** Rows that are filed under one of these times, in milliseconds: the key finds them. `time` is its column. */
export const filedAt = (time: Sql, times: readonly number[]): Sql =>
  sql`${time} IN (SELECT fromUnixTimestamp64Milli(arrayJoin(${ints(times)}), 'UTC'))`

const timesOf = (rows: readonly { readonly time: number }[]) => [
  ...new Set(rows.map((row) => row.time)),
]

/**
 * The rows that were written whole and never folded, as the entries that they were, by row id: several
 * where rows of one moment replaced each other.
 */
export async function wholeEntries(
  ch: ClickHouse,
  projectId: string,
  rows: readonly { readonly id: string; readonly time: number }[],
): Promise<Map<string, Entry[]>> {
  const { bounds, unfolded } = placesOf(projectId, rows)
  const found = await ch.rows(
    WrittenPayload,
    sql`SELECT ${WRITTEN_COLUMNS} FROM payloads
        WHERE ${bounds} AND (id, version) IN (SELECT id, version FROM ${unfolded})`,
  )
  return asEntries(found)
}

/**
 * The same of rows whose newest write was stored by half, and never acknowledged: `spans` has it, and its payload is
 * missing. What counts is the write before.
 */
export async function entriesBefore(
  ch: ClickHouse,
  projectId: string,
  rows: readonly { readonly id: string; readonly time: number }[],
): Promise<Map<string, Entry[]>> {
  if (rows.length === 0) return new Map()
  const { bounds, unfolded } = placesOf(projectId, rows)
  const found = await ch.rows(
    WrittenPayload,
    sql`SELECT ${WRITTEN_COLUMNS} FROM payloads
        WHERE ${bounds} AND (id, version) IN (
          SELECT id, max(version)
          FROM (SELECT id, version FROM payloads WHERE ${bounds}) AS filed
          INNER JOIN (SELECT id, version AS shown FROM ${unfolded}) AS current USING (id)
          WHERE version < shown
          GROUP BY id
        )`,
  )
  return asEntries(found)
}

const WrittenPayload = PayloadRow.extend({
  id: z.string(),
  version: z.string(),
  xact_id: z.string(),
})

const WRITTEN_COLUMNS = sql`id, version, xact_id, input, output, expected, error, metadata, rest`

/** Conditions that find rows by key, and those of them in `spans` that were never folded. */
function placesOf(
  projectId: string,
  rows: readonly { readonly id: string; readonly time: number }[],
) {
  const bounds = sql`project_id = ${uuid(projectId)} AND ${filedAt(sql`time`, timesOf(rows))}
    AND id IN ${strs(rows.map((row) => row.id))}`
  return {
    bounds,
    unfolded: sql`(SELECT * FROM ${CURRENT_SPANS} WHERE ${bounds} AND is_folded = 0)`,
  }
}

function asEntries(found: readonly z.output<typeof WrittenPayload>[]): Map<string, Entry[]> {
  const entries = new Map<string, Entry[]>()
  for (const { id, version, xact_id, ...payload } of found) {
    const [at, arrivedAt] = [versionAt(version), xactAt(xact_id)]
    append(entries, id, { kind: 'whole', at, arrivedAt, row: rowOfPayload(payload) })
  }
  return entries
}
