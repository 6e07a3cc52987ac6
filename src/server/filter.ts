import { AppError } from '../errors.ts'
import { Filter, type FilterSource } from '../wire/filter.ts'
import { checkFilter } from '../wire/filter-check.ts'
import { FilterError } from '../wire/filter-error.ts'
import { type FieldType, findField } from '../wire/filter-fields.ts'
import { parseField, parseFilter } from '../wire/filter-text.ts'
import { check } from './body.ts'

/**
 * The filter of a request, as text or as JSON of its tree, checked against the fields of its source.
 * Throws AppError `invalid_request`; where it is text, the details tell the position.
 */
export function checkedFilter(source: FilterSource, text: string | undefined): Filter | undefined {
  if (text === undefined || text.trim() === '') return undefined
  const { filter, positions } = /^\s*\{/.test(text) ? fromJson(text) : fromText(text)
  const problems = checkFilter(source, filter)
  if (problems.length === 0) return filter
  throw refused(problems.map(({ leaf, message }) => ({ message, position: positions?.get(leaf) })))
}

function fromText(text: string) {
  try {
    return parseFilter(text)
  } catch (failure) {
    if (failure instanceof FilterError) throw refused([failure])
    throw failure
  }
}

function fromJson(text: string): { filter: Filter; positions?: undefined } {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw refused([{ message: 'begins as JSON and is none', position: 0 }])
  }
  return { filter: check(Filter, json) }
}

const refused = (problems: readonly { message: string; position?: number | undefined }[]) =>
  new AppError(
    'invalid_request',
    problems.map(({ message, position }) => ({
      field: 'filter',
      message,
      ...(position === undefined ? {} : { position }),
    })),
  )

/** Types whose values can name a group, and those that can be added up. */
const NAMES: readonly FieldType[] = ['text', 'any', 'number', 'boolean']
const NUMBERS: readonly FieldType[] = ['number']

/** A field to group by. Throws AppError `invalid_request`. */
export const groupField = (source: FilterSource, text: string) => fieldOf(source, text, 'by', NAMES)

/** A field whose values are added up. Throws AppError `invalid_request`. */
export const valueField = (source: FilterSource, text: string) =>
  fieldOf(source, text, 'value', NUMBERS)

function fieldOf(source: FilterSource, text: string, query: string, types: readonly FieldType[]) {
  try {
    const path = parseField(text)
    const found = findField(source, path)
    if (found && types.includes(found.field.type)) return path
    const message = found ? `cannot be ${text}` : `${source} have no field ${text}`
    throw new AppError('invalid_request', [{ field: query, message }])
  } catch (failure) {
    if (!(failure instanceof FilterError)) throw failure
    const { message, position } = failure
    throw new AppError('invalid_request', [{ field: query, message, position }])
  }
}
