import { z } from 'zod'
import { append, byProject } from './by-project.ts'
import type { ClickHouse } from './clickhouse.ts'
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
  const told = rows.flatMap(({ millis, ...row }) =>
    millis === undefined ? [] : [{ ...row, time: millis }],
  )
  const opaque = rows.filter(({ millis }) => millis === undefined)
  const found = await Promise.all([
    ...byProject(told).map(([projectId, some]) =>
      placed(ch, projectId, some, filedAt(sql`time`, timesOf(some))),
    ),
    ...byProject(opaque).map(([projectId, some]) => placed(ch, projectId, some, sql`1`)),
  ])
  return new Map(found.flat())
}

async function placed(
  ch: ClickHouse,
  projectId: string,
  rows: readonly { readonly id: string }[],
  where: Sql,
) {
  const Row = z.object({ id: z.string(), millis: z.coerce.number() })
  const found = await ch.rows(
    Row,
    sql`SELECT id, toUnixTimestamp64Milli(min(time)) AS millis FROM spans
        WHERE project_id = ${uuid(projectId)} AND ${where}
          AND id IN ${strs(rows.map((row) => row.id))}
        GROUP BY id`,
  )
  return found.map(({ id, millis }): [string, number] => [`${projectId} ${id}`, millis])
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
  const Row = PayloadRow.extend({ id: z.string(), version: z.string(), xact_id: z.string() })
  const bounds = sql`project_id = ${uuid(projectId)} AND ${filedAt(sql`time`, timesOf(rows))}`
  const found = await ch.rows(
    Row,
    sql`SELECT id, version, xact_id, input, output, expected, error, metadata, rest
        FROM payloads
        WHERE ${bounds} AND (id, version) IN (
          SELECT id, version FROM spans FINAL
          WHERE ${bounds} AND id IN ${strs(rows.map((row) => row.id))} AND is_folded = 0
        )`,
  )
  const entries = new Map<string, Entry[]>()
  for (const { id, version, xact_id, ...payload } of found) {
    const [at, arrivedAt] = [versionAt(version), xactAt(xact_id)]
    append(entries, id, { kind: 'whole', at, arrivedAt, row: rowOfPayload(payload) })
  }
  return entries
}
