import { z } from 'zod'
import type { ClickHouse } from './clickhouse.ts'
import { sql, str } from './sql.ts'
import type { TransactionIds } from './xact.ts'

const Entry = z.object({ kind: z.string(), key: z.string(), body: z.string() })

/**
 * Control data (projects, keys, secrets): few, small, read on every request. So all of it is held
 * in memory, every change is appended and synced before it is in force, and its history stays.
 */
export class Catalog {
  readonly #ch: ClickHouse
  readonly #xactIds: TransactionIds
  readonly #bodies = new Map<string, Map<string, unknown>>()

  private constructor(ch: ClickHouse, xactIds: TransactionIds) {
    this.#ch = ch
    this.#xactIds = xactIds
  }

  static async open(ch: ClickHouse, xactIds: TransactionIds): Promise<Catalog> {
    const catalog = new Catalog(ch, xactIds)
    const rows = await ch.rows(
      Entry,
      sql`SELECT kind, key, argMax(body, xact_id) AS body FROM catalog GROUP BY kind, key`,
    )
    for (const { kind, key, body } of rows) catalog.#of(kind).set(key, JSON.parse(body))
    return catalog
  }

  /** All entries of a kind that are in force. Throws when one does not have the shape. */
  list<T>(kind: string, shape: z.ZodType<T>): T[] {
    return shape.array().parse([...this.#of(kind).values()])
  }

  /** Appends an entry; it is in force, and durable, when this resolves. */
  async put(kind: string, key: string, body: object): Promise<void> {
    await this.#ch.exec(
      sql`INSERT INTO catalog (kind, key, xact_id, body)
          SELECT ${str(kind)}, ${str(key)}, toUInt64(${str(this.#xactIds.next())}),
                 ${str(JSON.stringify(body))}`,
    )
    this.#of(kind).set(key, body)
  }

  #of(kind: string): Map<string, unknown> {
    const entries = this.#bodies.get(kind) ?? new Map<string, unknown>()
    this.#bodies.set(kind, entries)
    return entries
  }
}
