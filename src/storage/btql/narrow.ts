import type { Expression } from '../../wire/btql.ts'
import { join, type Sql, sql, str } from '../sql.ts'

/** What the engine can look up; all else of a filter is decided on the row itself. */
const COLUMNS = new Map<unknown, Sql>([
  ['id', sql`id`],
  ['root_span_id', sql`trace_id`],
])

/** What must hold of `spans` for a filter to let a row through: less than the filter, so no row is missed. */
export function narrowed(filter: Expression | undefined): Sql {
  const parts = filter?.op === 'and' ? filter.children : filter ? [filter] : []
  return join([sql`1`, ...parts.flatMap(lookUp)], ' AND ')
}

function lookUp(part: Expression): Sql[] {
  if (part.op !== 'eq' || part.left.op !== 'ident' || part.right.op !== 'literal') return []
  const { value } = part.right
  const column = part.left.name.length === 1 ? COLUMNS.get(part.left.name[0]) : undefined
  return column && typeof value === 'string' ? [sql`${column} = ${str(value)}`] : []
}
