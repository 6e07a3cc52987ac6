import { z } from 'zod'
import type { Filter, FilterLeaf, FilterValue } from '../../wire/filter.ts'
import { words } from '../../wire/filter-words.ts'
import { type Sql, sql } from '../sql.ts'
import type { Bounded } from './bounded.ts'
import { everything } from './scope.ts'
import { hasWords } from './word-rows.ts'

/** More searches in one filter are left as they are: asking of each would take longer than it saves. */
const SEARCHES_MAX = 3

type Search = Extract<FilterLeaf, { readonly value: FilterValue }>

/**
 * A filter on traces or spans with `text` narrowed to input and output where no comment of the project has
 * the words, which is what most searches find. Which comments stand takes the engine longer to plan
 * than all the rest of a search; whether any ever had the words, a few milliseconds.
 */
export async function spoken(
  ch: Bounded,
  projectId: string,
  filter: Filter | undefined,
): Promise<Filter | undefined> {
  if (filter === undefined) return undefined
  const searches = searchesOf(filter)
  if (searches.length === 0 || searches.length > SEARCHES_MAX) return filter
  const answers = await Promise.all(
    searches.map(async (search) => ((await isSpoken(ch, projectId, search)) ? [] : [search])),
  )
  const silent = new Set<Filter>(answers.flat())
  return silent.size > 0 ? narrowed(filter, silent) : filter
}

function searchesOf(filter: Filter): Search[] {
  if ('and' in filter) return filter.and.flatMap(searchesOf)
  if ('or' in filter) return filter.or.flatMap(searchesOf)
  if ('not' in filter) return searchesOf(filter.not)
  const isSearch = filter.field.join('.') === 'text' && (filter.op === '~' || filter.op === '!~')
  return isSearch ? [filter as Search] : []
}

async function isSpoken(ch: Bounded, projectId: string, { value }: Search): Promise<boolean> {
  const { project } = everything(projectId)
  const wanted = words(String(value))
  const said = (table: Sql) => sql`SELECT 1 AS found FROM ${table}
    WHERE ${project} AND comment != '' AND ${hasWords(sql`comment`, wanted)} LIMIT 1`
  const found = await ch.rows(
    z.object({ found: z.number() }),
    sql`SELECT * FROM (${said(sql`feedback`)}) UNION ALL SELECT * FROM (${said(sql`spans`)})`,
  )
  return found.length > 0
}

function narrowed(filter: Filter, silent: ReadonlySet<Filter>): Filter {
  if ('and' in filter) return { and: filter.and.map((part) => narrowed(part, silent)) }
  if ('or' in filter) return { or: filter.or.map((part) => narrowed(part, silent)) }
  if ('not' in filter) return { not: narrowed(filter.not, silent) }
  if (!silent.has(filter)) return filter
  const search = filter as Search
  const either: Filter = {
    or: ['input', 'output'].map((field) => ({ ...search, op: '~' as const, field: [field] })),
  }
  return filter.op === '!~' ? { not: either } : either
}
