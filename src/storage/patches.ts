import { z } from 'zod'
import { append, byProject } from './by-project.ts'
import type { ClickHouse } from './clickhouse.ts'
import { entryHash } from './entry-order.ts'
import type { Entry } from './fold.ts'
import { sql, strs, uuid } from './sql.ts'
import { parseMicros } from './time.ts'

/** The writes of one row. */
export interface WrittenRow {
  readonly projectId: string
  readonly id: string
  readonly entries: readonly Entry[]
  readonly xactId: string
}

/** The writes of rows that were ever merged into, as they came: what a fold starts from. */
export class Patches {
  readonly #ch: ClickHouse
  /** Projects with any; empty ones need not be asked, unless another server may have written there. */
  readonly #projects: Set<string>

  private constructor(ch: ClickHouse, projects: Set<string>) {
    this.#ch = ch
    this.#projects = projects
  }

  static async open(ch: ClickHouse): Promise<Patches> {
    const Row = z.object({ project_id: z.string() })
    const rows = await ch.rows(Row, sql`SELECT DISTINCT project_id FROM patches`)
    return new Patches(ch, new Set(rows.map((row) => row.project_id)))
  }

  /** Resolves when the entries are committed and synced. Appending one again changes nothing. */
  async append(rows: readonly WrittenRow[]): Promise<void> {
    for (const { projectId } of rows) this.#projects.add(projectId)
    await this.#ch.insert('patches', rows.flatMap(patchRows))
  }

  /** Those of the rows that have entries here. */
  async among<T extends WrittenRow>(rows: readonly T[]): Promise<T[]> {
    const Row = z.object({ id: z.string() })
    const asked = byProject(rows).filter(
      ([projectId]) => !this.#ch.isExclusive || this.#projects.has(projectId),
    )
    const found = await Promise.all(
      asked.map(async ([projectId, inProject]) => {
        const ids = inProject.map((row) => row.id)
        const patched = await this.#ch.rows(
          Row,
          sql`SELECT DISTINCT id FROM patches
              WHERE project_id = ${uuid(projectId)} AND id IN ${strs(ids)}`,
        )
        const known = new Set(patched.map((row) => row.id))
        return inProject.filter((row) => known.has(row.id))
      }),
    )
    return found.flat()
  }

  /** All entries of some rows by row id, in no order. */
  async of(projectId: string, ids: readonly string[]): Promise<Map<string, Entry[]>> {
    const Row = z.object({
      id: z.string(),
      kind: z.enum(['whole', 'merge', 'delete']),
      written_at: z.string(),
      arrived_at: z.string(),
      row: z.string(),
    })
    const rows = await this.#ch.rows(
      Row,
      sql`SELECT id, kind, written_at, arrived_at, row FROM patches
          WHERE project_id = ${uuid(projectId)} AND id IN ${strs(ids)}`,
    )
    const entries = new Map<string, Entry[]>()
    for (const { id, kind, written_at, arrived_at, row } of rows) {
      const [at, arrivedAt] = [parseMicros(written_at), parseMicros(arrived_at)]
      append(entries, id, { kind, at, arrivedAt, row: JSON.parse(row) })
    }
    return entries
  }
}

const patchRows = ({ projectId, id, entries, xactId }: WrittenRow) =>
  entries.map((entry) => ({
    project_id: projectId,
    id,
    written_at: entry.at,
    hash: entryHash(entry),
    xact_id: xactId,
    arrived_at: entry.arrivedAt,
    kind: entry.kind,
    row: JSON.stringify(entry.row),
  }))
