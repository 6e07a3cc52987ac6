import { z } from 'zod'
import type { Filter, FilterSource } from '../../wire/filter.ts'
import type { Count } from '../../wire/groups.ts'
import { type Sql, sql } from '../sql.ts'
import type { Bounded } from './bounded.ts'
import { condition } from './compile.ts'
import { everything } from './scope.ts'

/** What is asked about: all rows of a source in a project that a filter lets through. */
export interface Question {
  readonly source: FilterSource
  readonly projectId: string
  readonly filter: Filter | undefined
  /** The moment that relative times count from, in milliseconds. */
  readonly now: number
}

/** The rows of a question: a trace is its root span. */
export function matching({ source, projectId, filter, now }: Question): { from: Sql; where: Sql } {
  const scope = everything(projectId)
  const base = source === 'traces' ? sql`${scope.project} AND is_root` : scope.project
  return {
    from: source === 'feedback' ? sql`feedback FINAL` : sql`spans FINAL`,
    where: filter ? sql`${base} AND ${condition(filter, { source, scope, now })}` : base,
  }
}

/** When a row of a source was made. */
export const createdOf = (source: FilterSource): Sql =>
  source === 'feedback' ? sql`judged_at` : sql`created`

export async function count(ch: Bounded, question: Question): Promise<Count> {
  const { from, where } = matching(question)
  const Row = z.object({ count: z.coerce.number() })
  const [row] = await ch.wide(Row, sql`SELECT count() AS count FROM ${from} WHERE ${where}`)
  return row ?? { count: 0 }
}
