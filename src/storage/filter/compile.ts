import type { Filter, FilterLeaf, FilterSource, FilterValue } from '../../wire/filter.ts'
import { timeMicros } from '../../wire/filter-check.ts'
import { type FieldType, findField } from '../../wire/filter-fields.ts'
import { words } from '../../wire/filter-words.ts'
import { float, int, join, type Sql, sql, str } from '../sql.ts'
import { FEEDBACK_FIELDS } from './feedback-fields.ts'
import type { FieldSql } from './field-sql.ts'
import type { Scope } from './scope.ts'
import { SPAN_FIELDS } from './span-fields.ts'
import { TRACE_FIELDS } from './trace-fields.ts'

const TABLES: { readonly [source in FilterSource]: Readonly<Record<string, FieldSql>> } = {
  traces: TRACE_FIELDS,
  spans: SPAN_FIELDS,
  feedback: FEEDBACK_FIELDS,
}

/** A field of the allow-list, with what follows its name. Throws for what the door must refuse. */
export function lookUp(source: FilterSource, path: readonly string[]) {
  const found = findField(source, path)
  const how = found && TABLES[source][found.name]
  if (!found || !how) throw new TypeError(`${source} have no field ${path.join('.')}.`)
  return { ...found, how }
}

/** Whether the row itself answers a filter: such a condition is cheap, and asked first. */
function isOfRow(source: FilterSource, filter: Filter): boolean {
  if ('and' in filter) return filter.and.every((part) => isOfRow(source, part))
  if ('or' in filter) return filter.or.every((part) => isOfRow(source, part))
  if ('not' in filter) return isOfRow(source, filter.not)
  return lookUp(source, filter.field).how.kind === 'column'
}

/** Whether an older version of a row may be let through by its columns where the current one is not. */
export function hasColumn(source: FilterSource, filter: Filter): boolean {
  if ('and' in filter) return filter.and.some((part) => hasColumn(source, part))
  if ('or' in filter) return filter.or.some((part) => hasColumn(source, part))
  if ('not' in filter) return hasColumn(source, filter.not)
  return lookUp(source, filter.field).how.kind === 'column'
}

/** The parts that must all hold: those that the row itself answers, and those that look beyond it. */
export function partsOf(source: FilterSource, filter: Filter | undefined) {
  const parts = filter === undefined ? [] : 'and' in filter ? filter.and : [filter]
  return {
    ofRow: parts.filter((part) => isOfRow(source, part)),
    beyond: parts.filter((part) => !isOfRow(source, part)),
  }
}

export interface Asked {
  readonly source: FilterSource
  readonly scope: Scope
  /** The moment that relative times count from, in milliseconds: one for all pages of a request. */
  readonly now: number
  /** Texts that no comment has the words of, as far as that is known. */
  readonly unspoken?: ReadonlySet<string>
}

/**
 * A checked filter as a condition on a row of its source: 0 or 1, never NULL. A comparison with
 * what is missing is 0, so `not` is plain logic. Fields become fixed pieces of SQL; what the user
 * wrote only ever becomes bound values.
 */
export function condition(filter: Filter, asked: Asked): Sql {
  if ('and' in filter)
    return sql`(${join(
      filter.and.map((f) => condition(f, asked)),
      ' AND ',
    )})`
  if ('or' in filter)
    return sql`(${join(
      filter.or.map((f) => condition(f, asked)),
      ' OR ',
    )})`
  if ('not' in filter) return sql`(NOT ${condition(filter.not, asked)})`
  if (filter.op === '!=') return sql`(NOT ${leaf({ ...filter, op: '=' }, asked)})`
  if (filter.op === '!~') return sql`(NOT ${leaf({ ...filter, op: '~' }, asked)})`
  return leaf(filter, asked)
}

function leaf(filter: FilterLeaf, { source, scope, now, unspoken }: Asked): Sql {
  const { how, field, path } = lookUp(source, filter.field)
  const holds = (value: Sql) => comparison(field.type, filter, value, now)
  if (how.kind === 'words') {
    const text = filter.op === 'exists' ? null : String(filter.value)
    const isUnspoken = text !== null && unspoken?.has(text) === true
    const ids = how.ids(text === null ? null : words(text), scope, isUnspoken)
    return sql`(${how.key} IN (${how.rows(ids, scope)}))`
  }
  if (how.kind === 'column') {
    const value = how.value(path)
    if (field.isMany) return sql`arrayExists(value -> ${holds(sql`value`)}, ${value})`
    return filter.op === 'exists' ? sql`isNotNull(${value})` : sql`ifNull(${holds(value)}, 0)`
  }
  const rows = how.rows(path, scope)
  const where = (which: Sql) => sql`(SELECT key FROM (${rows}) WHERE ${which})`
  if (how.absent === undefined) return sql`(${how.key} IN ${where(holds(sql`value`))})`
  // Where what is missing counts as a value, the rows that differ decide.
  const absent = typeof how.absent === 'number' ? float(how.absent) : str(how.absent)
  return sql`if(${holds(sql`${absent}`)},
    ${how.key} NOT IN ${where(sql`NOT ${holds(sql`value`)}`)},
    ${how.key} IN ${where(holds(sql`value`))})`
}

function comparison(type: FieldType, filter: FilterLeaf, value: Sql, now: number): Sql {
  if (filter.op === 'exists') return sql`1`
  if (filter.op === 'in') {
    const each = filter.value.map((one) => compare(type, '=', one, value, now))
    return sql`(${join(each, ' OR ')})`
  }
  return compare(type, filter.op, filter.value, value, now)
}

/** Each comparison in the engine's words; the other two are negations. */
const SIGNS: Readonly<Record<string, Sql>> = {
  '=': sql`=`,
  '<': sql`<`,
  '<=': sql`<=`,
  '>': sql`>`,
  '>=': sql`>=`,
}

function compare(type: FieldType, op: string, wanted: FilterValue, value: Sql, now: number): Sql {
  if (op === '~') return sql`position(lowerUTF8(${value}), lowerUTF8(${str(String(wanted))})) > 0`
  const sign = SIGNS[op]
  if (!sign) throw new TypeError(`${op} is no comparison of ${type}.`)
  if (type === 'time') {
    const micros = timeMicros(wanted, now)
    if (micros === null) throw new TypeError(`${wanted} is no time.`)
    return sql`${value} ${sign} fromUnixTimestamp64Micro(${int(clamped(micros))}, 'UTC')`
  }
  if (typeof wanted === 'boolean') {
    if (type === 'boolean') return sql`${value} = ${int(Number(wanted))}`
    return sql`${value} = ${str(String(wanted))}`
  }
  if (typeof wanted === 'string') return sql`${value} ${sign} ${str(wanted)}`
  return sql`${type === 'any' ? numeric(value) : value} ${sign} ${float(wanted)}`
}

/** The text of a number as JSON writes it; NULL for any other text. */
const numeric = (value: Sql): Sql =>
  sql`toFloat64OrNull(if(match(${value}, '^-?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?$'), ${value}, NULL))`

/** Times that a column can hold: beyond the last one the engine's own conversion would wrap. */
const clamped = (micros: number): number =>
  Math.min(Math.max(micros, 0), Date.UTC(2200, 0, 1) * 1000)
