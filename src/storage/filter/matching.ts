import { z } from 'zod'
import type { Filter, FilterSource } from '../../wire/filter.ts'
import type { Count } from '../../wire/groups.ts'
import { CURRENT_SPANS } from '../current-spans.ts'
import { join, type Sql, sql } from '../sql.ts'
import type { Bounded } from './bounded.ts'
import { condition, partsOf } from './compile.ts'
import { everything, scopeOf } from './scope.ts'
import { secondRoots } from './second-roots.ts'
import { unspoken } from './unspoken.ts'

/** What is asked about: all rows of a source in a project that a filter lets through. */
export interface Question {
  readonly source: FilterSource
  readonly projectId: string
  readonly filter: Filter | undefined
  /** The moment that relative times count from, in milliseconds. */
  readonly now: number
}

/**
 * The rows of a question, and what has to be read for them: a trace is its root span. `isJoined`:
 * more than the filter looks beyond the row.
 */
export async function matching(ch: Bounded, question: Question, isJoined: boolean) {
  const { source, projectId, filter, now } = question
  const isOfSpans = source !== 'feedback'
  const whole = everything(projectId)
  const base = source === 'traces' ? [whole.project, sql`is_root`] : [whole.project]
  const { ofRow, beyond } = partsOf(source, filter)
  const cheap = ofRow.map((part) => condition(part, { source, scope: whole, now }))
  const looksBeyond = isOfSpans && (beyond.length > 0 || isJoined)
  const conditions = cheap.length > 0 ? [...base, ...cheap] : []
  const [scope, silent] = await Promise.all([
    looksBeyond ? scopeOf(ch, projectId, conditions) : whole,
    unspoken(ch, projectId, isOfSpans ? filter : undefined),
  ])
  const all = [
    ...base,
    ...(isOfSpans ? [scope.spans] : []),
    ...(source === 'traces' ? [sql`id NOT IN (${secondRoots(scope)})`] : []),
    ...(filter ? [condition(filter, { source, scope, now, unspoken: silent })] : []),
  ]
  const from = isOfSpans ? CURRENT_SPANS : sql`feedback FINAL`
  return { from, where: join(all, ' AND '), scope }
}

/** When a row of a source was made. */
export const createdOf = (source: FilterSource): Sql =>
  source === 'feedback' ? sql`judged_at` : sql`created`

export async function count(ch: Bounded, question: Question): Promise<Count> {
  const { from, where } = await matching(ch, question, false)
  const Row = z.object({ count: z.coerce.number() })
  const [row] = await ch.wide(Row, sql`SELECT count() AS count FROM ${from} WHERE ${where}`)
  return row ?? { count: 0 }
}
