import { z } from 'zod'
import type { Filter } from '../../wire/filter.ts'
import { words } from '../../wire/filter-words.ts'
import { type Sql, sql } from '../sql.ts'
import type { Bounded } from './bounded.ts'
import { everything } from './scope.ts'
import { hasWords } from './word-rows.ts'

/** More searches in one filter are left as they are: asking of each would take longer than it saves. */
const SEARCHES_MAX = 3

/**
 * Of the texts that a filter on traces or spans searches for, those that no comment of the project has the
 * words of, which is most. Which comments stand takes the engine longer to plan than all the rest of a
 * search; whether any ever had the words, a few milliseconds.
 */
export async function unspoken(
  ch: Bounded,
  projectId: string,
  filter: Filter | undefined,
): Promise<ReadonlySet<string>> {
  const texts = [...new Set(filter === undefined ? [] : searchesOf(filter))]
  if (texts.length > SEARCHES_MAX) return new Set()
  const said = await Promise.all(texts.map((text) => isSpoken(ch, projectId, text)))
  return new Set(texts.filter((_, i) => !said[i]))
}

function searchesOf(filter: Filter): string[] {
  if ('and' in filter) return filter.and.flatMap(searchesOf)
  if ('or' in filter) return filter.or.flatMap(searchesOf)
  if ('not' in filter) return searchesOf(filter.not)
  const isSearch = filter.field.join('.') === 'text' && (filter.op === '~' || filter.op === '!~')
  return isSearch ? [String(filter.value)] : []
}

async function isSpoken(ch: Bounded, projectId: string, text: string): Promise<boolean> {
  const { project } = everything(projectId)
  const wanted = words(text)
  const said = (table: Sql) => sql`SELECT 1 AS found FROM ${table}
    WHERE ${project} AND comment != '' AND ${hasWords(sql`comment`, wanted)} LIMIT 1`
  const found = await ch.rows(
    z.object({ found: z.number() }),
    sql`SELECT * FROM (${said(sql`feedback`)}) UNION ALL SELECT * FROM (${said(sql`spans`)})`,
  )
  return found.length > 0
}
