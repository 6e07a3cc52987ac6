// In a process of its own: how many bytes the rows take that are in force, by table.
import { z } from 'zod'
import { openClickHouse } from '../../src/storage/clickhouse.ts'
import { sql } from '../../src/storage/sql.ts'
import { answer } from './child.ts'

/** Table and bytes. */
export type Disk = readonly (readonly [table: string, bytes: number])[]

await answer<{ dir: string }, Disk>(async ({ dir }) => {
  const ch = await openClickHouse({ dir, memoryBytesMax: 2 ** 30 })
  const Row = z.object({ table: z.string(), bytes: z.coerce.number() })
  const rows = await ch.rows(
    Row,
    sql`SELECT table, sum(bytes_on_disk) AS bytes FROM system.parts
        WHERE active AND database = currentDatabase() GROUP BY table ORDER BY bytes DESC`,
  )
  await ch.close()
  return rows.map(({ table, bytes }) => [table, bytes] as const)
})
