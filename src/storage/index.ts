import { z } from 'zod'
import { Catalog } from './catalog.ts'
import { openClickHouse, type Where } from './clickhouse.ts'
import { Keys } from './keys.ts'
import { ledgerQueries } from './ledger.ts'
import { migrate } from './migrate.ts'
import { Projects } from './projects.ts'
import { spanQueries } from './spans.ts'
import { sql } from './sql.ts'
import { traceQueries } from './traces.ts'
import { Writer } from './writer.ts'
import type { Batch, Changed } from './writes.ts'
import { TransactionIds } from './xact.ts'

export type { Where } from './clickhouse.ts'
export { clockSkew, tick, writtenAt } from './time.ts'
export type { Batch, Changed, FeedbackWrite, SpanWrite } from './writes.ts'

/** What happened, told after it is committed and readable. */
export type StorageEvent =
  | { readonly kind: 'changed'; readonly changed: Changed }
  | { readonly kind: 'project_created' }

export type Storage = Awaited<ReturnType<typeof openStorage>>

/** Opens the engine and brings its tables to their present shape. */
export async function openStorage(where: Where, onEvent: (event: StorageEvent) => void) {
  const ch = await openClickHouse(where)
  await migrate(ch)
  const Newest = z.object({ xact_id: z.string() })
  const [newest] = await ch.rows(
    Newest,
    sql`SELECT max(xact_id) AS xact_id FROM (
          SELECT max(xact_id) AS xact_id FROM spans UNION ALL
          SELECT max(xact_id) FROM feedback UNION ALL SELECT max(xact_id) FROM catalog)`,
  )
  const xactIds = new TransactionIds(BigInt(newest?.xact_id ?? 0))
  const catalog = await Catalog.open(ch, xactIds)
  const writer = new Writer(ch, xactIds, (changed) => onEvent({ kind: 'changed', changed }))
  const ledger = ledgerQueries(ch)
  const traces = traceQueries(ch, ledger)
  return {
    keys: new Keys(catalog),
    projects: new Projects(ch, catalog, () => onEvent({ kind: 'project_created' })),
    feedback: ledger,
    traces,
    spans: spanQueries(ch, traces),
    /** Resolves to the transaction id when the batch is committed and synced. */
    write: (batch: Batch) => writer.write(batch),
    /** Answers when the engine does. */
    ping: async () => void (await ch.rows(z.object({ ok: z.number() }), sql`SELECT 1 AS ok`)),
    /** Finishes what was taken, then closes the engine. */
    close: async () => {
      await writer.close()
      await ch.close()
    },
  }
}
