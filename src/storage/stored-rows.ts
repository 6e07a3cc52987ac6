import { z } from 'zod'
import { byProject } from './by-project.ts'
import type { ClickHouse } from './clickhouse.ts'
import { type Entry, versionAt } from './fold.ts'
import { PayloadRow, rowOfPayload } from './span-row.ts'
import { ints, sql, strs, uuid } from './sql.ts'

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
  rows: readonly { readonly id: string; readonly time: number }[],
): Promise<Map<string, Entry>> {
  const Row = PayloadRow.extend({ id: z.string(), version: z.string() })
  const times = [...new Set(rows.map((row) => row.time))]
  // Where they lie is known, which spares reading all that the bloom filter cannot exclude.
  const bounds = sql`project_id = ${uuid(projectId)}
    AND has(arrayMap(ms -> fromUnixTimestamp64Milli(ms), ${ints(times)}), time)`
  const found = await ch.rows(
    Row,
    sql`SELECT id, version, input, output, expected, error, metadata, rest
        FROM payloads FINAL
        WHERE ${bounds} AND (id, version) IN (
          SELECT id, version FROM spans FINAL
          WHERE ${bounds} AND id IN ${strs(rows.map((row) => row.id))} AND is_folded = 0
        )`,
  )
  return new Map(
    found.map((row): [string, Entry] => [
      row.id,
      { kind: 'whole', at: versionAt(row.version), row: rowOfPayload(row) },
    ]),
  )
}
