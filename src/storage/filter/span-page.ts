import { z } from 'zod'
import type { Filter } from '../../wire/filter.ts'
import { type Cursor, decodeCursor, encodeCursor } from '../cursor.ts'
import { int, join, type Sql, sql, str, strs } from '../sql.ts'
import { filedAt } from '../stored-rows.ts'
import type { Bounded } from './bounded.ts'
import { condition, partsOf } from './compile.ts'
import {
  during,
  everything,
  namingTraces,
  type Range,
  type Scope,
  someTraces,
  timesLeft,
  timesOf,
  within,
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
  /** Whether every id of the project tells its time; its failure is the caller's to tell. */
  readonly told: Promise<boolean>
}

const Candidate = z.object({ time: z.coerce.number(), id: z.string(), trace_id: z.string() })

/**
 * How many of the newest rows are tried one by one, before the parts of the filter that look beyond
 * the row are asked of whole ranges of time: most pages are full by then.
 */
const NEAR = 400

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
  const { source, projectId, filter, now, told } = wanted
  const whole = everything(projectId)
  const { ofRow, beyond } = partsOf(source, filter)
  const asked = { source, scope: whole, now }
  const base = source === 'traces' ? [whole.project, sql`is_root`] : [whole.project]
  const cheap = [...base, sql`is_deleted = 0`, ...ofRow.map((part) => condition(part, asked))]

  const rows: T[] = []
  let after = cursor === undefined ? undefined : decodeCursor(cursor)
  let newest: number | undefined
  const isFull = () => rows.length > limit
  const left = () => (after ? [...cheap, before(after)] : cheap)

  /** Tries the next candidates; false when there were no more. */
  async function take(most: number, more: readonly Sql[], isWide = false): Promise<boolean> {
    const candidates = await (isWide ? ch.wide : ch.rows)(
      Candidate,
      sql`SELECT toUnixTimestamp64Milli(spans.time) AS time, id, trace_id FROM spans
          WHERE ${join([...left(), ...more], ' AND ')}
          ORDER BY spans.time DESC, id DESC LIMIT ${int(most)}`,
    )
    const last = candidates.at(-1)
    if (!last) return false
    newest ??= candidates[0]?.time
    after = last
    rows.push(...(await current(candidates)))
    return candidates.length === most
  }

  /** Those candidates whose current version matches. */
  async function current(candidates: readonly z.output<typeof Candidate>[]): Promise<T[]> {
    const traces = [...new Set(candidates.map((one) => one.trace_id))]
    const times = beyond.length > 0 && (await told) ? timesOf(traces) : null
    const scope = someTraces(projectId, times !== null)
    const exact = [
      ...base,
      filedAt(sql`spans.time`, [...new Set(candidates.map((one) => one.time))]),
      sql`id IN ${strs(candidates.map((one) => one.id))}`,
      ...(filter === undefined ? [] : [condition(filter, { ...asked, scope })]),
    ]
    return ch.rows(
      wanted.row,
      sql`${beyond.length > 0 ? namingTraces(traces, times) : sql``}
          SELECT ${wanted.columns} FROM spans FINAL
          WHERE ${join(exact, ' AND ')}
          ORDER BY spans.time DESC, id DESC LIMIT ${int(limit + 1 - rows.length)}`,
    )
  }

  /** Everything that matches in a scope, as long as the page is not full. */
  async function takeAll(scope: Scope, range: readonly Sql[]): Promise<void> {
    const more = beyond.map((part) => condition(part, { ...asked, scope }))
    while (!isFull() && (await take(limit + 1 + EXTRA, [...range, ...more], more.length > 0)));
  }

  /**
   * In ranges of time that go back further and further; `width` is that of the first. Answers the
   * place to go on from when that takes too long.
   */
  async function takeBack({ from, to }: Range, width: number): Promise<Cursor | null> {
    const begun = performance.now()
    for (let [end, wide] = [to, width]; !isFull() && end >= from; wide *= WIDER) {
      // Text sorts after nothing: all of the millisecond before comes next.
      if (performance.now() - begun > BUDGET_MS) return { time: end + 1, id: '' }
      const range = { from: Math.max(from, end - wide), to: end }
      await takeAll(during(projectId, range), [within(sql`spans.time`, range)])
      end = range.from - 1
    }
    return null
  }

  let next: Cursor | null = null
  const hasMore = beyond.length === 0 || (await take(NEAR, []))
  if (hasMore && !isFull()) {
    // What the row itself answers is read backwards by the key, and stops early without ranges.
    if (beyond.length > 0 && (await told)) {
      const range = await timesLeft(ch, left())
      const width = range ? WIDER * ((newest ?? range.to) - range.to) : 0
      if (range) next = await takeBack(range, Math.max(WIDTH_MIN, width))
    } else await takeAll(whole, [])
  }
  const shown = rows.slice(0, limit)
  if (isFull()) next = shown.at(-1) ?? null
  return { rows: shown, cursor: next && encodeCursor(next) }
}

const before = ({ time, id }: Cursor) =>
  sql`(spans.time, id) < (fromUnixTimestamp64Milli(${int(time)}, 'UTC'), ${str(id)})`
