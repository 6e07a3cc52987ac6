import { FilterError } from './filter-error.ts'

/** A piece of a filter's text. `at` is where it begins. */
export type Token = { readonly at: number; readonly text: string } & (
  | { readonly kind: 'word'; readonly path: readonly string[] }
  | { readonly kind: 'value'; readonly value: string | number }
  | { readonly kind: 'sign' | 'end' }
)

const SPACE = /\s+/y
const SEGMENT = /[\p{L}\p{N}_$][\p{L}\p{N}_$-]*/uy
const STRING = /"(?:[^"\\]|\\.)*"/sy
/** A date, or a date and a time; which of them make sense is checked with the field. */
const TIME = /\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?(?![\w-])/y
const NUMBER = /(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(ms|[smhdw])?(?![\w.])/y
const SIGN = /!=|<=|>=|!~|[=<>~(),]/y

/** Seconds of each unit of a duration. */
const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** Cuts the text of a filter into tokens; the last one is the end. Throws FilterError. */
export function tokens(text: string): Token[] {
  const found: Token[] = []
  let at = 0
  const take = (pattern: RegExp) => {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match) at += match[0].length
    return match
  }
  const string = (): string | undefined => {
    const begun = at
    const [literal] = take(STRING) ?? []
    if (literal === undefined) return undefined
    try {
      return JSON.parse(literal)
    } catch {
      throw new FilterError('is not a text as JSON writes it', begun)
    }
  }
  const value = (): string | number | undefined => {
    const time = take(TIME)
    if (time) return time[0]
    const [, digits, unit] = take(NUMBER) ?? []
    if (digits === undefined) return string()
    if (!Number.isFinite(Number(digits))) throw new FilterError('is too large a number', at)
    // A division keeps 150ms the number that 0.15 is.
    return unit === 'ms' ? Number(digits) / 1000 : Number(digits) * (UNITS[unit ?? 's'] ?? 1)
  }
  const word = (): string[] | undefined => {
    const [first] = take(SEGMENT) ?? []
    if (first === undefined) return undefined
    const path = [first]
    while (text[at] === '.') {
      at += 1
      const segment = text[at] === '"' ? string() : take(SEGMENT)?.[0]
      if (segment === undefined) throw new FilterError('expected a name after the dot', at)
      path.push(segment)
    }
    return path
  }
  for (take(SPACE); at < text.length; take(SPACE)) {
    const begun = at
    const literal = value()
    const path = literal === undefined ? word() : undefined
    const piece = { at: begun, text: text.slice(begun, at) }
    if (literal !== undefined) found.push({ ...piece, kind: 'value', value: literal })
    else if (path) found.push({ ...piece, kind: 'word', path })
    else {
      const [sign] = take(SIGN) ?? []
      if (sign === undefined) throw unreadable(text, begun)
      found.push({ at: begun, text: sign, kind: 'sign' })
    }
  }
  found.push({ at: text.length, text: '', kind: 'end' })
  return found
}

function unreadable(text: string, at: number): FilterError {
  if (text[at] === '"') return new FilterError('this text has no closing quote', at)
  if (text[at] === "'") return new FilterError('texts stand in double quotes', at)
  if (text[at] === '&') return new FilterError('write `and`', at)
  if (text[at] === '|') return new FilterError('write `or`', at)
  if (text[at] === '!') return new FilterError('write `not`', at)
  const [character = ''] = text.slice(at)
  return new FilterError(`cannot read ${JSON.stringify(character)} here`, at)
}
