import type { Filter, FilterLeaf, FilterValue } from './filter.ts'

const NAME = /^[\p{L}\p{N}_$][\p{L}\p{N}_$-]*$/u

/** The text of a filter: what parseFilter reads back as the same tree. */
export function printFilter(filter: Filter): string {
  if ('and' in filter) return filter.and.map(inList).join(' and ')
  if ('or' in filter) return filter.or.map(inList).join(' or ')
  if ('not' in filter) return `not ${inList(filter.not)}`
  return printLeaf(filter)
}

/** Lists inside of something stand in parentheses, also where the order of operators needs none. */
const inList = (filter: Filter): string =>
  'and' in filter || 'or' in filter ? `(${printFilter(filter)})` : printFilter(filter)

function printLeaf(leaf: FilterLeaf): string {
  const field = printField(leaf.field)
  if (leaf.op === 'exists') return `${field} exists`
  if (leaf.op === 'in') return `${field} in (${leaf.value.map(printValue).join(', ')})`
  return `${field} ${leaf.op} ${printValue(leaf.value)}`
}

/** `metadata."odd name".x` */
export const printField = ([first = '', ...path]: readonly string[]): string =>
  [first, ...path.map((name) => (NAME.test(name) ? name : JSON.stringify(name)))].join('.')

const printValue = (value: FilterValue): string => JSON.stringify(value)
