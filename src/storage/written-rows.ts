import type { ClickHouse } from './clickhouse.ts'
import { parseHeedId } from './id.ts'
import type { RowJson } from './merge.ts'
import type { WrittenRow } from './patches.ts'
import type { KnownRow, RecentRows } from './recent-rows.ts'
import { placeTime } from './span-row.ts'
import { placedTimes } from './stored-rows.ts'
import type { ToldProjects } from './told-projects.ts'
import type { Commit } from './writer.ts'
import type { SpanWrite } from './writes.ts'

/** The writes of one row in one commit, and what is known of the row. */
export interface Written extends WrittenRow {
  readonly key: string
  /** Where it lies, unix milliseconds. */
  readonly time: number
  /** Of what was sent, about. */
  readonly bytes: number
  /** Everything written before, where that is known without asking. */
  readonly known: KnownRow | undefined
  /** Nothing of it is in `spans`; false also where nobody asked. */
  readonly isNew: boolean
}

/** Names a row among those of all projects. */
export const keyOf = ({ projectId, id }: { projectId: string; id: string }) => `${projectId} ${id}`

/** A span that has begun and not ended: a change of it is on its way. */
export const isOpen = (row: RowJson): boolean => {
  const { metrics } = row
  const isObject = typeof metrics === 'object' && metrics !== null && !Array.isArray(metrics)
  return !isObject || typeof metrics.end !== 'number'
}

interface Gathered {
  readonly writes: [SpanWrite, ...SpanWrite[]]
  xactId: string
  bytes: number
}

/** Gathers the writes of each row, and finds out where it lies and what is known of it. */
export async function writtenRows(
  ch: ClickHouse,
  recent: RecentRows,
  told: ToldProjects,
  group: Parameters<Commit<SpanWrite>>[0],
): Promise<Written[]> {
  const rows = gather(group)
  // Now: what is remembered may be forgotten while the others are looked up.
  const remembered = new Map([...rows.keys()].map((key) => [key, recent.get(key)]))
  const asked = new Map(
    [...rows].flatMap(([key, { writes }]) => {
      const [{ projectId, id, entry }] = writes
      const millis = parseHeedId(id)?.millis
      if (millis === undefined) told.writesOpaque(projectId)
      // A row with an opaque id lies where it was first filed. Of others it matters whether they are new
      // only where a change is expected, and only where what is found stays true.
      const matters = millis === undefined || (ch.isExclusive && isOpen(entry.row))
      return remembered.get(key) || !matters ? [] : [[key, { projectId, id, millis }] as const]
    }),
  )
  const times = await placedTimes(ch, [...asked.values()])
  return [...rows].map(([key, { writes, xactId, bytes }]) => {
    const [{ projectId, id, entry }] = writes
    const known = remembered.get(key)
    const time = known?.time ?? times.get(key) ?? placeTime(id, entry.row, entry.at)
    const isNew = asked.has(key) && !times.has(key)
    const entries = writes.map((write) => write.entry)
    return { key, projectId, id, entries, xactId, time, bytes, known, isNew }
  })
}

function gather(group: Parameters<Commit<SpanWrite>>[0]): Map<string, Gathered> {
  const rows = new Map<string, Gathered>()
  for (const { items, xactId, bytes } of group) {
    const share = bytes / items.length
    for (const write of items) {
      const key = keyOf(write)
      const row = rows.get(key)
      if (row) {
        row.writes.push(write)
        row.xactId = xactId
        row.bytes += share
      } else rows.set(key, { writes: [write], xactId, bytes: share })
    }
  }
  return rows
}
