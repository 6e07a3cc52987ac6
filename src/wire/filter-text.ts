import {
  COMPARISONS,
  FILTER_COMPARISONS_MAX,
  FILTER_DEPTH_MAX,
  FILTER_TEXT_MAX,
  type Filter,
  type FilterLeaf,
  type FilterValue,
} from './filter.ts'
import { FilterError } from './filter-error.ts'
import { type Token, tokens } from './filter-tokens.ts'

export interface ParsedFilter {
  readonly filter: Filter
  /** Where each comparison begins in the text. */
  readonly positions: ReadonlyMap<FilterLeaf, number>
}

const KEYWORDS = new Set(['and', 'or', 'not', 'in', 'exists', 'true', 'false'])

/**
 * Reads the text of a filter. Whether its fields exist and take such values is asked of
 * filter-check.ts. Throws FilterError with the position.
 *
 *     or      = and { "or" and }
 *     and     = not { "and" not }
 *     not     = "not" not | "(" or ")" | compare
 *     compare = field ( "=" value | … | "in" "(" value { "," value } ")" | "exists" )
 *     field   = name { "." name or "quoted name" }
 *     value   = "text" | 1.5 | 150ms | -7d | 2026-01-31T10:00:00Z | true | false
 */
export function parseFilter(text: string): ParsedFilter {
  if (text.length > FILTER_TEXT_MAX) {
    throw new FilterError(`must not be longer than ${FILTER_TEXT_MAX} characters`, FILTER_TEXT_MAX)
  }
  return new Parser(tokens(text)).parse()
}

/** Reads the text of one field, such as `metadata."odd name"`. Throws FilterError. */
export function parseField(text: string): readonly string[] {
  const [field, end] = tokens(text)
  if (field?.kind === 'word' && end?.kind === 'end') return field.path
  throw new FilterError('expected one field', 0)
}

class Parser {
  readonly #tokens: readonly Token[]
  readonly #positions = new Map<FilterLeaf, number>()
  #next = 0
  #depth = 0

  constructor(found: readonly Token[]) {
    this.#tokens = found
  }

  parse(): ParsedFilter {
    const filter = this.#or()
    if (this.#token.kind !== 'end') throw this.#expected('`and`, `or` or the end')
    return { filter, positions: this.#positions }
  }

  get #token(): Token {
    // The end is never passed, so there is always one.
    return this.#tokens[this.#next] as Token
  }

  #expected(what: string): FilterError {
    const { kind, text, at } = this.#token
    return new FilterError(`expected ${what}, not ${kind === 'end' ? 'the end' : text}`, at)
  }

  /** Passes a keyword or a sign, if it is the next token. */
  #took(text: string): boolean {
    const token = this.#token
    const isIt = token.kind !== 'value' && token.text.toLowerCase() === text
    if (isIt) this.#next += 1
    return isIt
  }

  #list(operator: 'and' | 'or', item: () => Filter): Filter[] {
    const items = [item()]
    while (this.#took(operator)) items.push(item())
    return items
  }

  #or(): Filter {
    const [first, ...others] = this.#list('or', () => this.#and())
    return others.length && first ? { or: [first, ...others] } : (first as Filter)
  }

  #and(): Filter {
    const [first, ...others] = this.#list('and', () => this.#not())
    return others.length && first ? { and: [first, ...others] } : (first as Filter)
  }

  #not(): Filter {
    // Each level of the text is at most two of the tree: a list, and what stands in it.
    if (++this.#depth > FILTER_DEPTH_MAX / 2) {
      throw new FilterError('nests too deep', this.#token.at)
    }
    const filter = this.#took('not') ? { not: this.#not() } : this.#group()
    this.#depth -= 1
    return filter
  }

  #group(): Filter {
    if (!this.#took('(')) return this.#comparison()
    const inside = this.#or()
    if (!this.#took(')')) throw this.#expected('`and`, `or` or `)`')
    return inside
  }

  #comparison(): Filter {
    const token = this.#token
    if (token.kind !== 'word' || isKeyword(token)) throw this.#expected('a field or `(`')
    this.#next += 1
    const leaf = this.#after([...token.path])
    this.#positions.set(leaf, token.at)
    if (this.#positions.size > FILTER_COMPARISONS_MAX) {
      throw new FilterError(`more than ${FILTER_COMPARISONS_MAX} comparisons`, token.at)
    }
    return leaf
  }

  #after(field: string[]): FilterLeaf {
    if (this.#took('exists')) return { field, op: 'exists' }
    if (this.#took('in')) {
      if (!this.#took('(')) throw this.#expected('`(` and a list of values')
      const value = [this.#value()]
      while (this.#took(',')) value.push(this.#value())
      if (!this.#took(')')) throw this.#expected('`,` or `)`')
      return { field, op: 'in', value }
    }
    const op = COMPARISONS.find((sign) => this.#took(sign))
    if (!op) throw this.#expected(`one of ${COMPARISONS.join(' ')} in exists after the field`)
    return { field, op, value: this.#value() }
  }

  #value(): FilterValue {
    const token = this.#token
    if (this.#took('true')) return true
    if (this.#took('false')) return false
    if (token.kind !== 'value') {
      throw this.#expected('a value: a "text" in double quotes, a number, a time, true or false')
    }
    this.#next += 1
    return token.value
  }
}

const isKeyword = (token: Token & { kind: 'word' }) =>
  token.path.length === 1 && KEYWORDS.has(token.text.toLowerCase())
