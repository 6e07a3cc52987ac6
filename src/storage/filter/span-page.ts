import { z } from 'zod'
import { AppError } from '../../errors.ts'
import type { Filter } from '../../wire/filter.ts'
import { CURRENT_SPANS } from '../current-spans.ts'
import { type Cursor, decodeCursor, encodeCursor } from '../cursor.ts'
import { int, join, type Sql, sql, str, strs } from '../sql.ts'
import { filedAt } from '../stored-rows.ts'
import { MILLIS_MAX } from '../time.ts'
import type { Bounded } from './bounded.ts'
import { condition, hasColumn, partsOf } from './compile.ts'
import { during, everything, namingTraces, type Scope, someTraces, within } from './scope.ts'
import { unspoken } from './unspoken.ts'

/** Which rows of `spans` a list is of, and what it shows of them. */
export interface Wanted<T> {
  readonly source: 'traces' | 'spans'
  readonly projectId: string
  readonly filter: Filter | undefined
  /** The moment that relative times count from, in milliseconds. */
  readonly now: number
  readonly row: z.ZodType<T>
  readonly columns: Sql
  /** Whether every id of the project tells its time; its failure is the caller's to tell. */
  readonly told: Promise<boolean>
  /** How many of the newest rows the first range of time holds. */
  readonly firstRangeRows?: number
}

const Candidate = z.object({ time: z.coerce.number(), id: z.string(), trace_id: z.string() })

/**
 * Where ids do not tell their time, so many of the newest rows are tried one by one before the parts of
 * the filter that look beyond the row are asked of the whole project: many pages are full by then.
 */
const NEAR = 400

/** To plan a statement costs more than to read so few rows. */
const FIRST_RANGE_ROWS = 150_000

/** By how much each range of time is wider than the one before. */
const WIDER = 16

/** The least of them, in milliseconds. */
const WIDTH_MIN = 60_000

/** After so long a page is answered as it is, short or even empty, with a cursor to go on from. */
const BUDGET_MS = 3_000

/** Older versions of a row among the candidates: with a few more, most pages need one round. */
const EXTRA = 14

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
  const { source, projectId, filter, now, told, firstRangeRows = FIRST_RANGE_ROWS } = wanted
  const whole = everything(projectId)
  const { ofRow, beyond } = partsOf(source, filter)
  let after = cursor === undefined ? undefined : decodeCursor(cursor)
  const looksBack = beyond.length > 0 && (await told)
  const [silent, newestFrom] = await Promise.all([
    unspoken(ch, projectId, filter),
    looksBack ? timeBack(ch, projectId, after, firstRangeRows) : 0,
  ])
  const asked = { source, scope: whole, now, unspoken: silent }
  const base = source === 'traces' ? [whole.project, sql`is_root`] : [whole.project]
  const cheap = [...base, sql`is_deleted = 0`, ...ofRow.map((part) => condition(part, asked))]

  const rows: T[] = []
  const isFull = () => rows.length > limit

  /** Tries the next candidates; false when there were no more. `left` still has to be asked of each. */
  async function take(
    most: number,
    more: readonly Sql[],
    left: readonly Filter[],
    ask: Bounded['rows'] = ch.rows,
  ): Promise<boolean> {
    const candidates = await ask(
      Candidate,
      sql`SELECT toUnixTimestamp64Milli(spans.time) AS time, id, trace_id FROM spans
          WHERE ${join([...cheap, ...(after ? [before(after)] : []), ...more], ' AND ')}
          ORDER BY spans.time DESC, id DESC LIMIT ${int(most)}`,
    )
    const last = candidates.at(-1)
    if (!last) return false
    after = last
    rows.push(...(await current(candidates, left)))
    return candidates.length === most
  }

  /** Those candidates whose current version matches. */
  async function current(
    candidates: readonly z.output<typeof Candidate>[],
    left: readonly Filter[],
  ): Promise<T[]> {
    const traces = [...new Set(candidates.map((one) => one.trace_id))]
    const scope = someTraces(projectId)
    const exact = [
      ...base,
      filedAt(sql`spans.time`, [...new Set(candidates.map((one) => one.time))]),
      sql`id IN ${strs(candidates.map((one) => one.id))}`,
      ...[...ofRow, ...left].map((part) => condition(part, { ...asked, scope })),
    ]
    return ch.rows(
      wanted.row,
      sql`${left.length > 0 ? namingTraces(traces) : sql``}
          SELECT ${wanted.columns} FROM ${CURRENT_SPANS}
          WHERE ${join(exact, ' AND ')}
          ORDER BY spans.time DESC, id DESC LIMIT ${int(limit + 1 - rows.length)}`,
    )
  }

  /** Everything that matches in a scope, as long as the page is not full. */
  async function takeAll(
    scope: Scope,
    range: readonly Sql[],
    left: readonly Filter[],
    ask: Bounded['rows'],
  ): Promise<void> {
    const more = [...range, ...beyond.map((part) => condition(part, { ...asked, scope }))]
    while (!isFull() && (await take(limit + 1 + EXTRA, more, left, ask)));
  }

  /**
   * In ranges of time that go back further and further. A trace is filed under one time there, and its
   * row under the trace's: what holds of the range's traces holds of the row, whichever version it is. Only
   * what looks at a column as well has to be asked of the current one again.
   * Answers the place to go on from when that takes too long.
   */
  async function takeBack(): Promise<Cursor | null> {
    const mixed = beyond.filter((part) => hasColumn(source, part))
    const begun = performance.now()
    let range = { from: newestFrom, to: after?.time ?? MILLIS_MAX }
    let width = Math.max(WIDTH_MIN, (after?.time ?? now) - range.from)
    for (let ask = ch.rows; !isFull(); ask = ch.wide) {
      const found = rows.length
      try {
        await takeAll(during(projectId, range), [within(sql`spans.time`, range)], mixed, ask)
      } catch (reason) {
        const isTooLarge = reason instanceof AppError && reason.code === 'query_too_large'
        if (!isTooLarge || ask === ch.rows) throw reason
        // The next page begins here, with a narrow range.
        rows.length = found
        return { time: range.to + 1, id: '' }
      }
      if (range.from === 0) break
      // Text sorts after nothing: all of the millisecond before comes next.
      if (performance.now() - begun > BUDGET_MS) return { time: range.from, id: '' }
      width *= WIDER
      range = { from: Math.max(0, range.from - width), to: range.from - 1 }
    }
    return null
  }

  let next: Cursor | null = null
  // What the row itself answers is read backwards by the key, and stops early.
  if (beyond.length === 0) await takeAll(whole, [], [], ch.rows)
  else if (looksBack) next = await takeBack()
  else if (await take(NEAR, [], beyond)) await takeAll(whole, [], beyond, ch.wide)
  const shown = rows.slice(0, limit)
  if (isFull()) next = shown.at(-1) ?? null
  return { rows: shown, cursor: next && encodeCursor(next) }
}

/** The time of the row so many before the place where a page begins, in milliseconds; 0: there is none. */
async function timeBack(ch: Bounded, projectId: string, after: Cursor | undefined, rows: number) {
  const place = [everything(projectId).project, ...(after ? [before(after)] : [])]
  const [found] = await ch.rows(
    z.object({ time: z.coerce.number() }),
    sql`SELECT toUnixTimestamp64Milli(spans.time) AS time FROM spans
        WHERE ${join(place, ' AND ')}
        ORDER BY spans.time DESC LIMIT 1 OFFSET ${int(rows)}`,
  )
  return found?.time ?? 0
}

const before = ({ time, id }: Cursor) =>
  sql`(spans.time, id) < (fromUnixTimestamp64Milli(${int(time)}, 'UTC'), ${str(id)})`
