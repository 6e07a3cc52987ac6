import { z } from 'zod'
import { byProject } from './by-project.ts'
import type { ClickHouse } from './clickhouse.ts'
import { type Entry, versionAt } from './fold.ts'
import { parseHeedId } from './id.ts'
import { PayloadRow, rowOfPayload } from './span-row.ts'
import { int, sql, strs, uuid } from './sql.ts'

/** Where rows with opaque ids lie already, in unix milliseconds, by `<project> <id>`: a row is never filed under two times. */
export async function placedTimes(
  ch: ClickHouse,
  rows: readonly { readonly projectId: string; readonly id: string }[],
): Promise<Map<string, number>> {
  const Row = z.object({ id: z.string(), time: z.coerce.number() })
  const times = new Map<string, number>()
  await Promise.all(
    byProject(rows).map(async ([projectId, inProject]) => {
      const ids = inProject.map((row) => row.id)
      const placed = await ch.rows(
        Row,
        sql`SELECT id, toUnixTimestamp64Milli(min(spans.time)) AS time FROM spans
            WHERE project_id = ${uuid(projectId)} AND id IN ${strs(ids)}
            GROUP BY id`,
      )
      for (const { id, time } of placed) times.set(`${projectId} ${id}`, time)
    }),
  )
  return times
}

/** The rows that were written whole and never folded, as the entry that they were, by row id. */
export async function wholeEntries(
  ch: ClickHouse,
  projectId: string,
  ids: readonly string[],
): Promise<Map<string, Entry>> {
  const Row = PayloadRow.extend({ id: z.string(), version: z.string() })
  // Heed ids tell where they lie, which spares reading all that the bloom filter cannot exclude.
  const times = ids.flatMap((id) => parseHeedId(id)?.millis ?? [])
  const bounds =
    times.length === ids.length
      ? sql`AND time >= fromUnixTimestamp64Milli(${int(Math.min(...times))})
            AND time <= fromUnixTimestamp64Milli(${int(Math.max(...times))})`
      : sql``
  const rows = await ch.rows(
    Row,
    sql`SELECT id, version, input, output, expected, error, metadata, rest
        FROM payloads FINAL
        WHERE project_id = ${uuid(projectId)} ${bounds} AND (id, version) IN (
          SELECT id, version FROM spans FINAL
          WHERE project_id = ${uuid(projectId)} ${bounds} AND id IN ${strs(ids)} AND is_folded = 0
        )`,
  )
  return new Map(
    rows.map((row): [string, Entry] => [
      row.id,
      { kind: 'whole', at: versionAt(row.version), row: rowOfPayload(row) },
    ]),
  )
}
