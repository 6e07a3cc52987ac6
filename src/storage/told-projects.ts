import { z } from 'zod'
import type { ClickHouse } from './clickhouse.ts'
import { sql, uuid } from './sql.ts'

/** The form of ids that tell their time, as 0002_search.sql has its index on, and id.ts reads them. */
const TELLS_TIME = sql`(match(id, '^[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}-[0-9a-f]{16}$') AND id < '0699e991a800')`

/**
 * Which projects have only rows whose id tells its time: there, the rows of a trace are filed under one
 * time, that of its id. Once a project has another row, it stays so.
 */
export class ToldProjects {
  readonly #ch: ClickHouse
  readonly #opaque = new Set<string>()
  /** Where nobody else writes, what was found out stays true until `writesOpaque` says otherwise. */
  readonly #told = new Map<string, Promise<boolean>>()

  constructor(ch: ClickHouse) {
    this.#ch = ch
  }

  /** To be told of a row whose id does not tell its time, before it is written. */
  writesOpaque(projectId: string): void {
    this.#opaque.add(projectId)
  }

  async isTold(projectId: string): Promise<boolean> {
    if (this.#opaque.has(projectId)) return false
    const known = this.#told.get(projectId)
    if (known) return (await known) && !this.#opaque.has(projectId)
    const asking = this.#ask(projectId)
    if (this.#ch.isExclusive) {
      this.#told.set(projectId, asking)
      asking.catch(() => this.#told.delete(projectId))
    }
    return (await asking) && !this.#opaque.has(projectId)
  }

  /** An index makes it cheap. */
  async #ask(projectId: string): Promise<boolean> {
    const [found] = await this.#ch.rows(
      z.object({ found: z.number() }),
      sql`SELECT 1 AS found FROM spans
          WHERE project_id = ${uuid(projectId)} AND ${TELLS_TIME} = 0 LIMIT 1`,
    )
    if (found) this.#opaque.add(projectId)
    return !found
  }
}
