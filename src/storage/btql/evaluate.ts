import { isDeepStrictEqual } from 'node:util'
import type { Expression } from '../../wire/btql.ts'
import type { Json } from '../../wire/common.ts'
import type { RowJson } from '../merge.ts'
import { parseMicros } from '../time.ts'

/** Whether a filter lets a row through: as in SQL, what compares with null is not known, and not let through. */
export const isLetThrough = (filter: Expression, row: RowJson): boolean =>
  evaluate(filter, row) === true

function evaluate(expression: Expression, row: RowJson): Json {
  switch (expression.op) {
    case 'literal':
      return expression.value
    case 'ident':
      return at(row, expression.name)
    case 'isnull':
      return evaluate(expression.expr, row) === null
    case 'isnotnull':
      return evaluate(expression.expr, row) !== null
    case 'not': {
      const value = truth(evaluate(expression.expr, row))
      return value === null ? null : !value
    }
    case 'and':
      return every(expression.children, row, true)
    case 'or':
      return every(expression.children, row, false)
    default:
      return binary(expression.op, evaluate(expression.left, row), evaluate(expression.right, row))
  }
}

/** In a list; a negative one counts from its end. */
const POSITION = /^-?\d+$/

/** A path into a row; what is not there is null. Own keys alone: `constructor` is a name like any other. */
function at(row: RowJson, path: readonly (string | number)[]): Json {
  let value: Json | undefined = row as { [key: string]: Json }
  for (const name of path) {
    if (Array.isArray(value))
      value = POSITION.test(String(name)) ? value.at(Number(name)) : undefined
    else if (typeof value === 'object' && value !== null)
      value = Object.hasOwn(value, name) ? value[name] : undefined
    else return null
  }
  return value ?? null
}

const truth = (value: Json): boolean | null => (typeof value === 'boolean' ? value : null)

/** `and` where all must be true, else `or`: the three truths of SQL. */
function every(children: readonly Expression[], row: RowJson, isAnd: boolean): Json {
  let isKnown = true
  for (const child of children) {
    const value = truth(evaluate(child, row))
    if (value === !isAnd) return !isAnd
    if (value === null) isKnown = false
  }
  return isKnown ? isAnd : null
}

function binary(op: Exclude<Expression['op'], 'literal'>, left: Json, right: Json): Json {
  if (left === null || right === null) return null
  if (op === 'eq') return isSame(left, right)
  if (op === 'ne') return !isSame(left, right)
  if (op === 'in') {
    return Array.isArray(right) ? right.some((item) => isSame(left, item)) : null
  }
  if (op === 'add' || op === 'sub') {
    if (typeof left !== 'number' || typeof right !== 'number') return null
    return op === 'add' ? left + right : left - right
  }
  const order = compare(left, right)
  if (order === null) return null
  if (op === 'lt') return order < 0
  if (op === 'le') return order <= 0
  return op === 'gt' ? order > 0 : order >= 0
}

/** By content. Most values are told apart at once, and a list may be long. */
const isSame = (left: Json, right: Json): boolean =>
  left === right ||
  (typeof left === 'object' && typeof right === 'object' && isDeepStrictEqual(left, right))

const ISO = /^\d{4}-\d\d-\d\d(T|$)/

/** Numbers, moments and texts have an order among their own kind; null: none. */
function compare(left: Json, right: Json): number | null {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  if (typeof left !== 'string' || typeof right !== 'string') return null
  if (ISO.test(left) && ISO.test(right)) return parseMicros(left) - parseMicros(right)
  return left < right ? -1 : Number(left > right)
}
