/**
 * SQL with bound values. A value in the template is never text: it is rendered as an escaped literal
 * for the embedded engine, whose bound parameters run one query at a time in the whole process, and
 * as a `{p0: Type}` parameter for a server.
 */
export interface Sql {
  readonly strings: readonly string[]
  readonly values: readonly (Bound | Sql)[]
}

type ClickHouseType =
  | 'String'
  | 'UUID'
  | 'UInt64'
  | 'Int64'
  | 'Float64'
  | 'Array(String)'
  | 'Array(Int64)'

/** A value with the ClickHouse type that it is bound as. */
export interface Bound {
  readonly type: ClickHouseType
  readonly value: string | number | readonly string[]
}

export function sql(strings: TemplateStringsArray, ...values: (Bound | Sql)[]): Sql {
  return { strings, values }
}

export const str = (value: string): Bound => ({ type: 'String', value })
export const strs = (value: readonly string[]): Bound => ({ type: 'Array(String)', value })
/** Takes a UUID; anything else throws, before it can reach a statement. */
export const uuid = (value: string): Bound => {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) {
    throw new TypeError(`${JSON.stringify(value)} is not a UUID.`)
  }
  return { type: 'UUID', value }
}
/** A whole number, negative or not; beyond 2^53 as decimal text. */
export const int = (value: number | string): Bound => {
  if (!/^-?\d{1,20}$/.test(String(value))) throw new TypeError(`${value} is not a whole number.`)
  return { type: String(value).startsWith('-') ? 'Int64' : 'UInt64', value: String(value) }
}
export const ints = (value: readonly number[]): Bound => {
  if (!value.every(Number.isSafeInteger)) throw new TypeError('One of them is not a whole number.')
  return { type: 'Array(Int64)', value: value.map(String) }
}
/** A finite number. Always with a point or an exponent: the engine reads `1` as a whole number. */
export const float = (value: number): Bound => {
  if (!Number.isFinite(value)) throw new TypeError(`${value} is not a finite number.`)
  const text = String(value)
  return { type: 'Float64', value: /[.e]/.test(text) ? text : `${text}.0` }
}

/** Parts of a statement with a constant text of ours between them; there is at least one. */
export const join = (parts: readonly (Bound | Sql)[], between: string): Sql => ({
  strings: ['', ...parts.slice(1).map(() => between), ''],
  values: parts,
})

/** The statement as one text with escaped literals: for the embedded engine. */
export function inline({ strings, values }: Sql): string {
  const rendered = values.map((v) => ('strings' in v ? inline(v) : literal(v)))
  return strings.map((text, i) => text + (rendered[i] ?? '')).join('')
}

/** The statement with named parameters: for a server. */
export function parametrise(query: Sql): { text: string; params: Record<string, unknown> } {
  const params: Record<string, unknown> = {}
  const walk = ({ strings, values }: Sql): string =>
    strings
      .map((text, i) => {
        const value = values[i]
        if (value === undefined) return text
        if ('strings' in value) return text + walk(value)
        const name = `p${Object.keys(params).length}`
        params[name] = value.value
        return `${text}{${name}:${value.type}}`
      })
      .join('')
  return { text: walk(query), params }
}

function literal({ type, value }: Bound): string {
  if (typeof value === 'object') {
    return `[${(type === 'Array(String)' ? value.map(quote) : value).join(', ')}]`
  }
  if (type === 'String' || type === 'UUID') return quote(String(value))
  return String(value)
}

/**
 * A ClickHouse string literal. Backslash and quote are escaped, and every control character, since
 * a NUL would end the statement. A lone surrogate has no UTF-8 and becomes U+FFFD.
 */
function quote(value: string): string {
  const escaped = value
    .toWellFormed()
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must be escaped
    .replace(/[\u0000-\u001f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
  return `'${escaped}'`
}
