import { allDone } from './all-done.ts'
import { byProject } from './by-project.ts'
import type { ClickHouse } from './clickhouse.ts'
import { correction } from './entry-order.ts'
import { type Folded, fold } from './fold.ts'
import { parseHeedId } from './id.ts'
import type { Patches, WrittenRow } from './patches.ts'
import { payloadColumns } from './payload-row.ts'
import type { RecentRows } from './recent-rows.ts'
import { spanColumns, statedTraceId } from './span-row.ts'
import { entriesBefore, wholeEntries } from './stored-rows.ts'
import type { ToldProjects } from './told-projects.ts'
import type { Commit } from './writer.ts'
import type { Changed, SpanWrite } from './writes.ts'
import { isOpen, type Written, writtenRows } from './written-rows.ts'

/** A row as it will be stored. */
interface Stored {
  readonly row: Written
  /** All that it is made of. */
  readonly all: Written['entries']
  readonly folded: Folded
  readonly isFolded: boolean
}

/**
 * Writes the rows of several requests as one: resolves when all is committed and synced.
 *
 * A row that is written whole, once, by a clock that needs no correction goes straight to its tables.
 * Any other is appended to `patches` first, then read back with what was there, folded, and written with
 * a higher version. A whole row that turns out to have changes already is folded with them. Append before
 * read before write: of two servers that write one row at once, one sees both.
 */
export const commitRows =
  (ch: ClickHouse, patches: Patches, recent: RecentRows, told: ToldProjects): Commit<SpanWrite> =>
  async (group) => {
    const rows = await writtenRows(ch, recent, told, group)
    const commit = new RowsCommit(ch, patches, recent)
    try {
      const [direct, changed] = parted(rows, (row) => !row.known && isWholeOnce(row))
      await allDone([commit.storeWhole(direct), commit.refold(changed)])
      const patched = new Set(await patches.among(direct))
      await commit.refold([...patched])
      for (const row of direct) {
        const isAllThereIs = row.isNew && !patched.has(row)
        if (isAllThereIs && isOpen(row.entries[0]?.row ?? {})) commit.remember(row, row.entries)
      }
    } catch (reason) {
      // Part of it may be there: what is known is not all any more.
      for (const { key } of rows) recent.forget(key)
      throw reason
    }
    return async () => commit.changed()
  }

/** Of a time that was corrected the table alone does not tell whether a later delivery is the same write. */
const isWholeOnce = ({ entries: [entry, ...others] }: WrittenRow) =>
  entry?.kind === 'whole' && others.length === 0 && correction(entry) === 0

/** How many rows are read back at once. */
const READ_BACK_MAX = 500

class RowsCommit {
  readonly #ch: ClickHouse
  readonly #patches: Patches
  readonly #recent: RecentRows
  /** The traces whose rows were written, by project. */
  readonly #traces = new Map<string, Set<string>>()

  constructor(ch: ClickHouse, patches: Patches, recent: RecentRows) {
    this.#ch = ch
    this.#patches = patches
    this.#recent = recent
  }

  storeWhole(rows: readonly Written[]): Promise<void> {
    return this.#store(
      rows.map((row) => {
        return { row, all: row.entries, folded: fold(row.entries), isFolded: false }
      }),
    )
  }

  /** So many at a time of those that have to be read back: each may be large. */
  async refold(rows: readonly Written[]): Promise<void> {
    const [known, unknown] = parted(rows, (row) => row.known !== undefined)
    for (let first = 0; first === 0 || first < unknown.length; first += READ_BACK_MAX) {
      const some = unknown.slice(first, first + READ_BACK_MAX)
      await this.#refold(first === 0 ? [...known, ...some] : some)
    }
  }

  async #refold(rows: readonly Written[]): Promise<void> {
    if (rows.length === 0) return
    const appending = this.#patches.append(rows.flatMap(toAppend))
    // Where nobody else writes, what is appended is known without being read back.
    const reading = this.#ch.isExclusive ? this.#read(rows) : appending.then(() => this.#read(rows))
    await allDone([appending, reading])
    const before = await reading
    // The row that a change is merged into joins the entries before the fold takes its place.
    const bases = before.flatMap(({ row, base }) =>
      base.length ? [{ ...row, entries: base }] : [],
    )
    if (bases.length > 0) await this.#patches.append(bases)
    const folded = before.map(({ row, base, entries }) => {
      const all = [...entries, ...base, ...row.entries]
      return { row, all, folded: fold(all), isFolded: true }
    })
    await this.#store(folded)
    for (const {
      row,
      all,
      folded: { row: now },
    } of folded) {
      if (now && isOpen(now)) this.remember(row, all, true)
      else this.#recent.forget(row.key)
    }
  }

  /**
   * Keeps what is known of a row that is likely to change; `entries` are all that were ever written, those
   * of this commit last.
   */
  remember(row: Written, entries: Written['entries'], isPatched = false): void {
    if (!this.#ch.isExclusive) return
    const { key, time, known } = row
    const before = entries.slice(0, entries.length - row.entries.length)
    const bytes = row.bytes + (known?.bytes ?? JSON.stringify(before).length)
    this.#recent.put(key, { time, entries, isPatched, bytes })
  }

  /** What was written before: all entries, and the whole row that never was one. */
  async #read(rows: readonly Written[]) {
    const [known, unknown] = parted(rows, (row) => row.known !== undefined)
    const read = await Promise.all(
      byProject(unknown).map(async ([projectId, inProject]) => {
        const ids = inProject.map((row) => row.id)
        const [entries, bases] = await Promise.all([
          this.#patches.of(projectId, ids),
          wholeEntries(this.#ch, projectId, inProject),
        ])
        const bare = inProject.filter(({ id }) => !entries.has(id) && !bases.has(id))
        const before = await entriesBefore(this.#ch, projectId, bare)
        return inProject.map((row) => {
          const base = bases.get(row.id) ?? before.get(row.id) ?? []
          return { row, base, entries: entries.get(row.id) ?? [] }
        })
      }),
    )
    const remembered = known.map((row) => {
      return { row, base: [], entries: row.known?.entries ?? [] }
    })
    return [...read.flat(), ...remembered]
  }

  /** Both tables at once: neither is acknowledged without the other. */
  async #store(rows: readonly Stored[]): Promise<void> {
    await allDone([
      this.#ch.insert('payloads', payloadRows(rows)),
      this.#ch.insert('spans', this.#spanRows(rows)),
    ])
  }

  *#spanRows(rows: readonly Stored[]) {
    for (const { row, all, folded, isFolded } of rows) {
      const columns = spanColumns(row, folded, isFolded, row.xactId)
      const traces = this.#traces.get(row.projectId) ?? new Set()
      traces.add(columns.trace_id)
      // A row whose id does not tell its trace may have been moved from others, or deleted there.
      if (!parseHeedId(row.id))
        for (const entry of all) traces.add(statedTraceId(row.id, entry.row))
      this.#traces.set(row.projectId, traces)
      yield columns
    }
  }

  changed(): Changed[] {
    return [...this.#traces].map(([projectId, traces]) => ({
      projectId,
      traceIds: [...traces],
      feedbackIds: [],
    }))
  }
}

/** Entries that are not in `patches` yet. */
const toAppend = (row: Written): WrittenRow[] =>
  row.known && !row.known.isPatched ? [{ ...row, entries: row.known.entries }, row] : [row]

function* payloadRows(rows: readonly Stored[]) {
  for (const { row, folded } of rows) yield payloadColumns(row, folded, row.xactId)
}

function parted<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))]
}
