import { byProject } from './by-project.ts'
import type { ClickHouse } from './clickhouse.ts'
import { type Folded, fold } from './fold.ts'
import { parseHeedId } from './id.ts'
import type { Patches, WrittenRow } from './patches.ts'
import { payloadColumns, placeTime, spanColumns } from './span-row.ts'
import { placedTimes, wholeEntries } from './stored-rows.ts'
import type { Commit } from './writer.ts'
import type { Changed, SpanWrite } from './writes.ts'

/** The writes of one row in this commit, and where the row lies. */
interface Written extends WrittenRow {
  /** Unix milliseconds. */
  readonly time: number
}

/** A row as it will be stored. */
interface Stored {
  readonly row: Written
  readonly folded: Folded
  readonly isFolded: boolean
}

/**
 * Writes the rows of several requests as one: resolves when all is committed and synced.
 *
 * A row that is written whole, once, goes straight to its tables. Any other is appended to `patches`
 * first, then read back with what was there, folded, and written with a higher version. A whole row
 * that turns out to have changes already is folded with them. Append before read before write: of two
 * servers that write one row at once, one sees both.
 */
export const commitRows =
  (ch: ClickHouse, patches: Patches): Commit<SpanWrite> =>
  async (group) => {
    const rows = await groupByRow(ch, group)
    const direct = rows.filter(isWholeOnce)
    const changed = rows.filter((row) => !isWholeOnce(row))
    const traces = new ChangedTraces()
    const whole = direct.map((row) => ({ row, folded: fold(row.entries), isFolded: false }))
    await Promise.all([store(ch, whole, traces), refold(ch, patches, changed, traces)])
    await refold(ch, patches, await patches.among(direct), traces)
    return async () => traces.list()
  }

const isWholeOnce = ({ entries }: WrittenRow) =>
  entries.length === 1 && entries[0]?.kind === 'whole'

async function groupByRow(
  ch: ClickHouse,
  group: Parameters<Commit<SpanWrite>>[0],
): Promise<Written[]> {
  const rows = new Map<string, { writes: [SpanWrite, ...SpanWrite[]]; xactId: string }>()
  for (const { items, xactId } of group) {
    for (const write of items) {
      const key = keyOf(write)
      const row = rows.get(key)
      if (row) {
        row.writes.push(write)
        row.xactId = xactId
      } else rows.set(key, { writes: [write], xactId })
    }
  }
  const opaque = [...rows.values()].map(({ writes: [first] }) => first).filter(isOpaque)
  const times = await placedTimes(ch, opaque)
  return [...rows].map(([key, { writes, xactId }]) => {
    const [{ projectId, id, entry }] = writes
    const time = times.get(key) ?? placeTime(id, entry.row, entry.at)
    return { projectId, id, entries: writes.map((write) => write.entry), xactId, time }
  })
}

/** Names a row among those of all projects. */
export const keyOf = ({ projectId, id }: { projectId: string; id: string }) => `${projectId} ${id}`

const isOpaque = ({ id }: { id: string }) => !parseHeedId(id)

/** Both tables at once: neither is acknowledged without the other. */
async function store(ch: ClickHouse, rows: readonly Stored[], traces: ChangedTraces) {
  await Promise.all([
    ch.insert('payloads', payloadRows(rows)),
    ch.insert('spans', spanRows(rows, traces)),
  ])
}

function* payloadRows(rows: readonly Stored[]) {
  for (const { row, folded } of rows) yield payloadColumns(row, folded)
}

function* spanRows(rows: readonly Stored[], traces: ChangedTraces) {
  for (const { row, folded, isFolded } of rows) {
    const columns = spanColumns(row, folded, isFolded, row.xactId)
    traces.add(row.projectId, columns.trace_id)
    yield columns
  }
}

async function refold(
  ch: ClickHouse,
  patches: Patches,
  rows: readonly Written[],
  traces: ChangedTraces,
): Promise<void> {
  if (rows.length === 0) return
  const append = () => patches.append(rows)
  // Where nobody else writes, what is appended is known without being read back.
  if (!ch.isExclusive) await append()
  const [known] = await Promise.all([read(ch, patches, rows), ch.isExclusive && append()])
  // The row that a change is merged into joins the entries before the fold takes its place.
  const based = known.flatMap(({ row, base }) => (base ? [{ ...row, entries: [base] }] : []))
  if (based.length > 0) await patches.append(based)
  const folded = known.map(({ row, base, entries = [] }) => ({
    row,
    folded: fold([...row.entries, ...entries, ...(base ? [base] : [])]),
    isFolded: true,
  }))
  await store(ch, folded, traces)
}

/** What is stored of each row: its entries in `patches`, and the whole row that never was one. */
async function read(ch: ClickHouse, patches: Patches, rows: readonly Written[]) {
  const known = await Promise.all(
    byProject(rows).map(async ([projectId, inProject]) => {
      const ids = inProject.map((row) => row.id)
      const [entries, bases] = await Promise.all([
        patches.of(projectId, ids),
        wholeEntries(ch, projectId, inProject),
      ])
      return inProject.map((row) => ({
        row,
        base: bases.get(row.id),
        entries: entries.get(row.id),
      }))
    }),
  )
  return known.flat()
}

/** The traces whose rows were written, by project. */
class ChangedTraces {
  readonly #projects = new Map<string, Set<string>>()

  add(projectId: string, traceId: string): void {
    const traces = this.#projects.get(projectId) ?? new Set()
    this.#projects.set(projectId, traceId === '' ? traces : traces.add(traceId))
  }

  list(): Changed[] {
    return [...this.#projects].map(([projectId, traces]) => ({
      projectId,
      traceIds: [...traces],
      feedbackIds: [],
    }))
  }
}
