import { z } from 'zod'
import type { ClickHouse } from './clickhouse.ts'
import { type Entry, entryHash, type Folded, fold, versionAt } from './fold.ts'
import { parseHeedId } from './id.ts'
import { PayloadRow, payloadColumns, placeTime, rowOfPayload, spanColumns } from './span-row.ts'
import { int, sql, strs, uuid } from './sql.ts'
import { parseMicros, toDateTime64 } from './time.ts'
import type { Commit } from './writer.ts'
import type { Changed, SpanWrite } from './writes.ts'

/** The writes of one row in this commit. */
interface Written {
  readonly projectId: string
  readonly id: string
  readonly entries: Entry[]
  xactId: string
}

/** A row as it will be stored. */
interface Stored {
  readonly written: Written
  readonly folded: Folded
  readonly isFolded: boolean
}

/** What is stored of a row that is written again. */
interface Known {
  /** Unix milliseconds: where the row lies already. */
  readonly time: number | undefined
  readonly isPatched: boolean
}

/**
 * Writes the rows of several requests as one: resolves when all is committed and synced.
 *
 * A row that is written whole, once, goes straight to its tables. Any other is appended to `patches`
 * first, then read back with what was there, folded, and written with a higher version: append
 * before read before write, so that of two servers that fold one row at once, one sees both changes.
 */
export const commitRows =
  (ch: ClickHouse): Commit<SpanWrite> =>
  async (group) => {
    const written = groupByRow(group)
    const known = await lookUp(ch, written)
    const isDirect = (row: Written) =>
      row.entries.length === 1 &&
      row.entries[0]?.kind === 'whole' &&
      !known.get(keyOf(row))?.isPatched
    const direct = written.filter(isDirect)
    const folded = await refold(
      ch,
      written.filter((row) => !isDirect(row)),
    )
    const stored: Stored[] = [
      ...direct.map((row) => ({ written: row, folded: fold(row.entries), isFolded: false })),
      ...folded,
    ]
    const place = ({ written: row }: Stored) => {
      const [first] = row.entries
      const found = known.get(keyOf(row))?.time
      return { ...row, time: found ?? (first ? placeTime(row.id, first.row, first.at) : 0) }
    }
    const payloads = stored.map((row) => payloadColumns(place(row), row.folded))
    const spans = stored.map((row) =>
      spanColumns(place(row), row.folded, row.isFolded, row.written.xactId),
    )
    await Promise.all([ch.insert('payloads', payloads), ch.insert('spans', spans)])
    return async () => changedTraces(spans)
  }

/** The traces whose rows were written, by project. */
function changedTraces(
  spans: readonly { readonly project_id: string; readonly trace_id: string }[],
): Changed[] {
  const projects = new Map<string, Set<string>>()
  for (const { project_id, trace_id } of spans) {
    const traces = projects.get(project_id) ?? new Set()
    projects.set(project_id, trace_id === '' ? traces : traces.add(trace_id))
  }
  return [...projects].map(([projectId, traces]) => ({
    projectId,
    traceIds: [...traces],
    feedbackIds: [],
  }))
}

const keyOf = ({ projectId, id }: { projectId: string; id: string }) => `${projectId} ${id}`

function groupByRow(group: Parameters<Commit<SpanWrite>>[0]): Written[] {
  const rows = new Map<string, Written>()
  for (const { items, xactId } of group) {
    for (const { projectId, id, entry } of items) {
      const row = rows.get(keyOf({ projectId, id }))
      if (row) {
        row.entries.push(entry)
        row.xactId = xactId
      } else rows.set(keyOf({ projectId, id }), { projectId, id, entries: [entry], xactId })
    }
  }
  return [...rows.values()]
}

/**
 * Which rows have entries in `patches`, and where rows with opaque ids lie: a whole row that comes
 * after its changes must be folded with them, and a row is never filed under two times.
 */
async function lookUp(ch: ClickHouse, rows: readonly Written[]): Promise<Map<string, Known>> {
  const PatchedRow = z.object({ id: z.string() })
  const PlacedRow = z.object({ id: z.string(), time: z.coerce.number() })
  const known = new Map<string, Known>()
  await Promise.all(
    byProject(rows).map(async ([projectId, inProject]) => {
      const ids = inProject.map((row) => row.id)
      const opaque = ids.filter((id) => !parseHeedId(id))
      const [patched, placed] = await Promise.all([
        ch.rows(
          PatchedRow,
          sql`SELECT DISTINCT id FROM patches
              WHERE project_id = ${uuid(projectId)} AND id IN ${strs(ids)}`,
        ),
        opaque.length === 0
          ? []
          : ch.rows(
              PlacedRow,
              sql`SELECT id, toUnixTimestamp64Milli(min(spans.time)) AS time FROM spans
                  WHERE project_id = ${uuid(projectId)} AND id IN ${strs(opaque)}
                  GROUP BY id`,
            ),
      ])
      const patchedIds = new Set(patched.map((row) => row.id))
      const times = new Map(placed.map((row) => [row.id, row.time]))
      for (const id of ids) {
        known.set(keyOf({ projectId, id }), { time: times.get(id), isPatched: patchedIds.has(id) })
      }
    }),
  )
  return known
}

async function refold(ch: ClickHouse, rows: readonly Written[]): Promise<Stored[]> {
  if (rows.length === 0) return []
  await ch.insert('patches', rows.flatMap(patchRows))
  const folded = await Promise.all(
    byProject(rows).map(async ([projectId, inProject]) => {
      const ids = inProject.map((row) => row.id)
      const [entries, bases] = await Promise.all([
        loggedEntries(ch, projectId, ids),
        wholeRows(
          ch,
          projectId,
          ids,
          inProject.map((row) => parseHeedId(row.id)?.millis),
        ),
      ])
      return inProject.map((written) => {
        const base = bases.get(written.id)
        const all = [...(entries.get(written.id) ?? []), ...(base ? [base] : [])]
        return { written, base, stored: { written, folded: fold(all), isFolded: true } }
      })
    }),
  )
  // The row that a change is merged into joins the entries before the fold takes its place.
  const based = folded.flat().filter(({ base }) => base)
  await ch.insert(
    'patches',
    based.flatMap(({ written, base }) => patchRows({ ...written, entries: base ? [base] : [] })),
  )
  return folded.flat().map(({ stored }) => stored)
}

const patchRows = ({ projectId, id, entries, xactId }: Written) =>
  entries.map((entry) => ({
    project_id: projectId,
    id,
    written_at: toDateTime64(entry.at),
    hash: entryHash(entry),
    xact_id: xactId,
    kind: entry.kind,
    row: JSON.stringify(entry.row),
  }))

/** The entries in `patches` of each row, in no order. */
async function loggedEntries(ch: ClickHouse, projectId: string, ids: readonly string[]) {
  const Row = z.object({
    id: z.string(),
    kind: z.enum(['whole', 'merge', 'delete']),
    written_at: z.string(),
    row: z.string(),
  })
  const rows = await ch.rows(
    Row,
    sql`SELECT id, kind, written_at, row FROM patches
        WHERE project_id = ${uuid(projectId)} AND id IN ${strs(ids)}`,
  )
  const entries = new Map<string, Entry[]>()
  for (const { id, kind, written_at, row } of rows) {
    append(entries, id, { kind, at: parseMicros(written_at), row: JSON.parse(row) })
  }
  return entries
}

/** The rows that were written whole and never folded, as the entry that they were. */
async function wholeRows(
  ch: ClickHouse,
  projectId: string,
  ids: readonly string[],
  millis: readonly (number | undefined)[],
) {
  const Row = PayloadRow.extend({ id: z.string(), version: z.string() })
  // Heed ids tell where they lie, which spares reading all that the bloom filter cannot exclude.
  const times = millis.filter((time) => time !== undefined)
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

function byProject(rows: readonly Written[]): [projectId: string, rows: Written[]][] {
  const projects = new Map<string, Written[]>()
  for (const row of rows) append(projects, row.projectId, row)
  return [...projects]
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key)
  if (list) list.push(item)
  else lists.set(key, [item])
}
