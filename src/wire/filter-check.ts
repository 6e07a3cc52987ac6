import {
  type Filter,
  type FilterLeaf,
  type FilterSource,
  type FilterValue,
  leaves,
} from './filter.ts'
import { FIELDS, type FieldType, findField } from './filter-fields.ts'
import { printField } from './filter-print.ts'
import { words } from './filter-words.ts'

export interface FilterProblem {
  readonly leaf: FilterLeaf
  readonly message: string
}

/** What is wrong with the fields and values of a filter: nothing, if it can be asked of `source`. */
export function checkFilter(source: FilterSource, filter: Filter): FilterProblem[] {
  return leaves(filter).flatMap((leaf) => {
    const message = problem(source, leaf)
    return message === null ? [] : [{ leaf, message }]
  })
}

const EQUAL = ['=', '!=', 'in', 'exists']
const ORDER = ['<', '<=', '>', '>=']
const LIKE = ['~', '!~']

const OPERATORS: Record<FieldType, readonly string[]> = {
  text: [...EQUAL, ...LIKE],
  words: [...LIKE, 'exists'],
  number: [...EQUAL, ...ORDER],
  time: [...ORDER, 'exists'],
  boolean: EQUAL,
  flag: ['exists'],
  any: [...EQUAL, ...ORDER, ...LIKE],
}

function problem(source: FilterSource, leaf: FilterLeaf): string | null {
  const name = printField(leaf.field)
  const found = findField(source, leaf.field)
  if (!found) return unknown(source, leaf.field)
  const { type } = found.field
  if (!OPERATORS[type].includes(leaf.op)) {
    return `${name} can be asked with ${OPERATORS[type].join(' ')} only`
  }
  if (leaf.op === 'exists') return null
  const values = leaf.op === 'in' ? leaf.value : [leaf.value]
  for (const value of values) {
    const wanted = expectation(type, leaf.op, value)
    if (wanted !== null) return `${name} must be compared with ${wanted}`
  }
  return null
}

/** What the value should have been, or null when it is good. */
function expectation(type: FieldType, op: string, value: FilterValue): string | null {
  if (type === 'words') {
    const isGood = typeof value === 'string' && words(value).length > 0
    return isGood ? null : 'a "text" of at least one word'
  }
  if (type === 'time') return timeMicros(value, 0) === null ? TIME : null
  if (type === 'number') return typeof value === 'number' ? null : 'a number'
  if (type === 'boolean') return typeof value === 'boolean' ? null : 'true or false'
  if (type === 'text') return typeof value === 'string' ? null : 'a "text" in double quotes'
  if (LIKE.includes(op)) return typeof value === 'string' ? null : 'a "text" in double quotes'
  if (ORDER.includes(op)) return typeof value === 'number' ? null : 'a number'
  return null
}

const TIME = 'a time with its zone such as 2026-01-31T10:00:00Z, a day, or one from now such as -7d'

const ISO = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d))?$/

/** Microseconds since 1970 of a time in a filter, or null: a day begins at midnight UTC. */
export function timeMicros(value: FilterValue, nowMillis: number): number | null {
  if (typeof value === 'number') return Math.round((nowMillis + value * 1000) * 1000)
  if (typeof value !== 'string' || !ISO.test(value)) return null
  const millis = Date.parse(value)
  // A day that a month does not have would be one of the next month.
  const day = value.slice(0, 10)
  if (Number.isNaN(millis) || !new Date(`${day}T00:00Z`).toISOString().startsWith(day)) return null
  const micros = /\.\d{3}(\d{1,3})/.exec(value)?.[1] ?? ''
  return millis * 1000 + Number(micros.padEnd(3, '0'))
}

function unknown(source: FilterSource, path: readonly string[]): string {
  const fields = Object.entries(FIELDS[source])
  const [first = ''] = path
  const same = fields.find(([name]) => name === first)
  if (same?.[1].hasPath) return `${first} needs a name, such as ${first}.x`
  const names = fields.map(([name, { hasPath }]) => (hasPath ? `${name}.…` : name))
  return `${source} have no field ${printField(path)}; there are ${names.join(', ')}`
}
