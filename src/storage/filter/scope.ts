import { z } from 'zod'
import { parseHeedId } from '../id.ts'
import { int, join, type Sql, sql, str, strs, uuid } from '../sql.ts'
import { filedAt } from '../stored-rows.ts'
import type { Bounded } from './bounded.ts'

/**
 * What the parts of a filter that look beyond one row may read: conditions on the rows of each table
 * that keep every row of the traces in question, and as few others as they can.
 */
export interface Scope {
  /** On any table: `project_id = …`. */
  readonly project: Sql
  readonly spans: Sql
  readonly payloads: Sql
  readonly feedback: Sql
  /** Whether every id of the project tells its time and its trace. */
  readonly isTold: boolean
}

/** The whole project. */
export function everything(projectId: string, isTold = false): Scope {
  const project = sql`project_id = ${uuid(projectId)}`
  return { project, spans: project, payloads: project, feedback: project, isTold }
}

/** First and last time that rows of some traces are filed under, in milliseconds. */
export interface Range {
  readonly from: number
  readonly to: number
}

/**
 * All traces of a range of time. Only for projects where every id tells its time: then the rows of a
 * trace are filed under one time, that of its id.
 */
export function during(projectId: string, { from, to }: Range): Scope {
  const { project } = everything(projectId)
  const rows = sql`${project} AND ${within(sql`time`, { from, to })}`
  return {
    project,
    spans: rows,
    payloads: rows,
    // Ids of traces begin with their time, 12 hex digits.
    feedback: sql`${project} AND target_trace >= ${str(hex(from))}
      AND target_trace < ${str(hex(to + 1))}`,
    isTold: true,
  }
}

const hex = (millis: number) => millis.toString(16).padStart(12, '0')

/** Names what `someTraces` is about, once for a whole statement, in front of its SELECT. */
export const namingTraces = (traceIds: readonly string[]): Sql =>
  sql`WITH ${strs(traceIds)} AS near_traces`

/** Some traces, whole, in a statement that begins with `namingTraces`; for ids that tell nothing. */
export function someTraces(projectId: string): Scope {
  const { project } = everything(projectId)
  const spans = sql`${project} AND trace_id IN near_traces`
  return {
    project,
    spans,
    payloads: sql`${project} AND (time, id) IN (SELECT time, id FROM spans WHERE ${spans})`,
    // Feedback on ids that do not tell their trace is found by the ids.
    feedback: sql`${project} AND (target_trace IN near_traces OR target_trace = '' AND target IN (
          SELECT id FROM spans WHERE ${spans}))`,
    isTold: false,
  }
}

export const within = (column: Sql, { from, to }: Range): Sql =>
  sql`${column} >= fromUnixTimestamp64Milli(${int(from)}, 'UTC')
    AND ${column} <= fromUnixTimestamp64Milli(${int(to)}, 'UTC')`

/** The times in the ids of some traces; null if one does not tell it, or there are none. */
export function timesOf(traceIds: readonly string[]): number[] | null {
  const times = traceIds.map((id) => parseHeedId(`${id}-${'0'.repeat(16)}`)?.millis)
  const known = times.filter((time) => time !== undefined)
  return known.length > 0 && known.length === times.length ? [...new Set(known)] : null
}

/**
 * The spans of a few traces. Where every id of the project tells its time (`isTold`), they are found
 * by the key; else by the index on trace ids, which lets through more the more traces there are.
 */
export function spansOf(projectId: string, traceIds: readonly string[], isTold: boolean): Sql {
  const some = sql`project_id = ${uuid(projectId)} AND trace_id IN ${strs(traceIds)}`
  const times = isTold ? timesOf(traceIds) : null
  return times ? sql`${some} AND ${filedAt(sql`spans.time`, times)}` : some
}

/** First and last time of the rows of `spans` under some conditions; null if there are none. */
export async function timesLeft(ch: Bounded, conditions: readonly Sql[]): Promise<Range | null> {
  const Row = z.object({ rows: z.coerce.number(), from: z.coerce.number(), to: z.coerce.number() })
  const [range] = await ch.rows(
    Row,
    sql`SELECT count() AS rows, toUnixTimestamp64Milli(min(spans.time)) AS from,
          toUnixTimestamp64Milli(max(spans.time)) AS to
        FROM spans WHERE ${join(conditions, ' AND ')}`,
  )
  return range && range.rows > 0 ? range : null
}

/** What has to be read for the rows of `spans` under some conditions on the row itself, if any. */
export async function scopeOf(
  ch: Bounded,
  projectId: string,
  conditions: readonly Sql[],
): Promise<Scope> {
  const [isTold, range] = await Promise.all([
    ch.tellsTime(projectId),
    conditions.length > 0 ? timesLeft(ch, conditions) : null,
  ])
  return isTold && range ? during(projectId, range) : everything(projectId, isTold)
}
