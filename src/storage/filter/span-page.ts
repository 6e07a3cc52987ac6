import { z } from 'zod'
import type { Filter } from '../../wire/filter.ts'
import { type Cursor, decodeCursor, encodeCursor } from '../cursor.ts'
import { int, join, type Sql, sql, str, strs } from '../sql.ts'
import type { Bounded } from './bounded.ts'
import { condition, partsOf } from './compile.ts'
import {
  everything,
  filedAt,
  namingTraces,
  rangeOf,
  scopeOf,
  someTraces,
  tellsTime,
} from './scope.ts'

/** Which rows of `spans` a list is of, and what it shows of them. */
export interface Wanted<T> {
  readonly source: 'traces' | 'spans'
  readonly projectId: string
  readonly filter: Filter | undefined
  /** The moment that relative times count from, in milliseconds. */
  readonly now: number
  readonly row: z.ZodType<T>
  readonly columns: Sql
}

const Candidate = z.object({ time: z.coerce.number(), id: z.string(), trace_id: z.string() })

/**
 * How many of the newest rows are tried one by one, before the parts of the filter that look beyond
 * the row are asked of the whole project: most pages are full by then.
 */
const STEPS = [300, 1_200]

/**
 * A page of spans or of root spans, newest first, by key. Candidates are found without FINAL, which
 * reads backwards from the newest and stops early. They may hold an older version of a row that
 * matched, but always the current one too; so the few are asked again, with FINAL and all conditions.
 */
export async function spanPage<T extends Cursor>(
  ch: Bounded,
  wanted: Wanted<T>,
  limit: number,
  cursor?: string,
): Promise<{ rows: T[]; cursor: string | null }> {
  const { source, projectId, filter, now } = wanted
  const project = everything(projectId)
  const { ofRow, beyond } = partsOf(source, filter)
  const asked = { source, scope: project, now }
  const base = source === 'traces' ? [project.project, sql`is_root`] : [project.project]
  const cheap = [...base, sql`is_deleted = 0`, ...ofRow.map((part) => condition(part, asked))]

  const rows: T[] = []
  let after = cursor === undefined ? undefined : decodeCursor(cursor)
  for (let step = 0; ; step++) {
    const tried = beyond.length > 0 ? STEPS[step] : undefined
    const isWide = tried === undefined && beyond.length > 0
    const most = tried ?? limit + 1 + EXTRA
    const next = after ? [...cheap, before(after)] : cheap
    const scope = isWide ? await scopeOf(ch, projectId, next) : project
    const wide = isWide ? beyond.map((part) => condition(part, { ...asked, scope })) : []
    const [candidates, isTold] = await Promise.all([
      (isWide ? ch.wide : ch.rows)(
        Candidate,
        sql`SELECT toUnixTimestamp64Milli(spans.time) AS time, id, trace_id FROM spans
            WHERE ${join([...next, ...wide], ' AND ')}
            ORDER BY spans.time DESC, id DESC LIMIT ${int(most)}`,
      ),
      beyond.length > 0 && tellsTime(ch, projectId),
    ])
    const traces = [...new Set(candidates.map((one) => one.trace_id))]
    const near = someTraces(projectId, isTold ? rangeOf(traces) : null)
    const exact = [
      ...base,
      filedAt([...new Set(candidates.map((one) => one.time))]),
      sql`id IN ${strs(candidates.map((one) => one.id))}`,
      ...(filter === undefined ? [] : [condition(filter, { ...asked, scope: near })]),
    ]
    const found = candidates.length
      ? await ch.rows(
          wanted.row,
          sql`${beyond.length > 0 ? namingTraces(traces) : sql``}
              SELECT ${wanted.columns} FROM spans FINAL
              WHERE ${join(exact, ' AND ')}
              ORDER BY spans.time DESC, id DESC LIMIT ${int(limit + 1 - rows.length)}`,
        )
      : []
    rows.push(...found)
    after = candidates.at(-1)
    if (candidates.length < most || rows.length > limit) break
  }
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { rows: shown, cursor: rows.length > limit && last ? encodeCursor(last) : null }
}

/** Older versions of a row among the candidates: with a few more, most pages need one round. */
const EXTRA = 14

const before = ({ time, id }: Cursor) =>
  sql`(spans.time, id) < (fromUnixTimestamp64Milli(${int(time)}, 'UTC'), ${str(id)})`
