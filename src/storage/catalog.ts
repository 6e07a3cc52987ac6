import { z } from 'zod'
import { AppError } from '../errors.ts'
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
  readonly #writing = new Set<Promise<void>>()
  #isClosed = false

  private constructor(ch: ClickHouse, xactIds: TransactionIds) {
    this.#ch = ch
    this.#xactIds = xactIds
  }

  static async open(ch: ClickHouse, xactIds: TransactionIds): Promise<Catalog> {
    const catalog = new Catalog(ch, xactIds)
    const rows = await ch.rows(
      Entry,
      sql`SELECT kind, key, argMax(body, xact_id) AS body FROM catalog GROUP BY kind, key
          ORDER BY min(xact_id)`,
    )
    for (const { kind, key, body } of rows) catalog.#of(kind).set(key, JSON.parse(body))
    return catalog
  }

  /** All entries of a kind that are in force, in the order in which they were first put. Throws when one does not have the shape. */
  list<T>(kind: string, shape: z.ZodType<T>): T[] {
    return shape.array().parse([...this.#of(kind).values()])
  }

  /**
   * Appends an entry; it is in force, and durable, when this resolves. Throws AppError `shutting_down` once the
   * catalog is closed.
   */
  async put(kind: string, key: string, body: object): Promise<void> {
    if (this.#isClosed) throw new AppError('shutting_down')
    const writing = this.#ch.exec(
      sql`INSERT INTO catalog (kind, key, xact_id, body)
          SELECT ${str(kind)}, ${str(key)}, toUInt64(${str(this.#xactIds.next())}),
                 ${str(JSON.stringify(body))}`,
    )
    this.#writing.add(writing)
    try {
      await writing
    } finally {
      this.#writing.delete(writing)
    }
    this.#of(kind).set(key, body)
  }

  /** Finishes what was taken, and takes no more; what is there is still known. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.allSettled(this.#writing)
  }

  #of(kind: string): Map<string, unknown> {
    const entries = this.#bodies.get(kind) ?? new Map<string, unknown>()
    this.#bodies.set(kind, entries)
    return entries
  }
}
