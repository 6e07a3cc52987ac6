import { CURRENT_SPANS } from '../current-spans.ts'
import { join, type Sql, sql, strs } from '../sql.ts'
import { standingComments } from './comment-rows.ts'
import type { Scope } from './scope.ts'

/**
 * The words of a column, as 0002_search.sql has its index on: this must be the same expression, or
 * the index is not used. Escapes of JSON and punctuation beyond ASCII separate words.
 */
const separated = (column: Sql): Sql => sql`lowerUTF8(replaceRegexpAll(${column}, ${GAPS}, ' '))`

/** Of wire/filter-words.ts; the letters and digits of ASCII are told apart by the tokenizer. */
const GAPS = sql`'\\\\\\\\(u[0-9a-fA-F]{4}|.)|[\\\\x{80}-\\\\x{bf}\\\\x{2000}-\\\\x{206f}\\\\x{3000}-\\\\x{303f}]'`

/**
 * Row ids of the spans that hold every word in one of some columns. Null: which have any at all. A version
 * that has them counts if it is the current one, which `spans` tells; the time in front finds it by the key.
 */
function inPayload(columns: readonly Sql[], wanted: readonly string[] | null, scope: Scope): Sql {
  const held = columns.map(
    (column) =>
      sql`SELECT time, id, version FROM payloads WHERE ${scope.payloads} AND ${
        wanted
          ? sql`hasAllTokens(${separated(column)}, ${strs(wanted)})`
          : sql`${column} NOT IN ('', 'null')`
      }`,
  )
  return sql`SELECT id FROM ${CURRENT_SPANS}
    WHERE ${scope.spans} AND (time, id, version) IN (${join(held, ' UNION ALL ')})`
}

const inComments = (wanted: readonly string[] | null, scope: Scope): Sql =>
  sql`SELECT id FROM (${standingComments(scope)}) ${
    wanted ? sql`WHERE ${hasWords(sql`text`, wanted)}` : sql``
  }`

/** Plain text, that no index is on. */
export const hasWords = (text: Sql, wanted: readonly string[]): Sql =>
  sql`hasAllTokens(lowerUTF8(replaceRegexpAll(${text}, ${PLAIN_GAPS}, ' ')), ${strs(wanted)})`

const PLAIN_GAPS = sql`'[\\\\x{80}-\\\\x{bf}\\\\x{2000}-\\\\x{206f}\\\\x{3000}-\\\\x{303f}]'`

/** `isUnspoken`: no comment has the words, so that none need be looked at. */
export type Words = (wanted: readonly string[] | null, scope: Scope, isUnspoken: boolean) => Sql

export const inputWords: Words = (wanted, scope) => inPayload([sql`input`], wanted, scope)
export const outputWords: Words = (wanted, scope) => inPayload([sql`output`], wanted, scope)
/** All words in the input, or in the output, or in one comment. */
export const anyWords: Words = (wanted, scope, isUnspoken) => {
  const payload = inPayload([sql`input`, sql`output`], wanted, scope)
  return isUnspoken ? payload : sql`${payload} UNION ALL ${inComments(wanted, scope)}`
}
