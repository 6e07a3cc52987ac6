import type { SpanAddress } from './id.ts'
import { isObject } from './merge.ts'

/** What the numbered fields of a slug say; versions 3 and 4 number them, JSON names them. */
const FIELDS = ['', 'object_id', 'row_id', 'span_id', 'root_span_id']

/** A container: an experiment, the logs of a project, or a playground. */
const isContainer = (type: number | undefined) => type === 1 || type === 2 || type === 3

type Ids = Readonly<Record<string, unknown>>

/**
 * Reads what `span.export()` of the official `braintrust` SDKs returns, in its versions 1 to 4. Null: it
 * names a container and no span. Undefined: it is no such text. Its container is not read, since the
 * span goes where its own logger logs.
 */
export function parseSlug(text: string): SpanAddress | null | undefined {
  try {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
    if (!isContainer(bytes[1])) return undefined
    const ids = idsOf(bytes)
    if (!ids) return undefined
    const { span_id: spanId, root_span_id: traceId } = ids
    if (typeof spanId !== 'string' || typeof traceId !== 'string') return null
    return { traceId, spanId }
  } catch {
    return undefined
  }
}

function idsOf(bytes: Uint8Array): Ids | undefined {
  const [version] = bytes
  if (version === 1) return bytes[2] ? pairAt(bytes, 20) : {}
  if (version === 2) {
    const [, , hasObject, hasArguments, hasRow] = bytes
    let at = hasObject ? 22 : 6
    if (hasArguments) at += 4 + new DataView(bytes.buffer).getInt32(at)
    return hasRow ? pairAt(bytes, at) : {}
  }
  return version === 3 || version === 4 ? numbered(bytes, version) : undefined
}

/** Version 1 and 2: the span's id, then the root's, each a UUID. */
const pairAt = (bytes: Uint8Array, at: number): Ids => ({
  span_id: uuid(hex(bytes, at, 16)),
  root_span_id: uuid(hex(bytes, at + 16, 16)),
})

/** Version 3 and 4: fields of fixed length, then whatever does not fit one as JSON. */
function numbered(bytes: Uint8Array, version: 3 | 4): Ids {
  const ids: Record<string, unknown> = {}
  let at = 3
  for (let left = bytes[2] ?? 0; left > 0; left--) {
    const field = bytes[at] ?? 0
    const size = version === 4 && field === 3 ? 8 : 16
    const digits = hex(bytes, at + 1, size)
    ids[FIELDS[field] ?? ''] = version === 4 ? digits : uuid(digits)
    at += 1 + size
  }
  const json = new TextDecoder().decode(bytes.subarray(at))
  if (json === '') return ids
  const rest: unknown = JSON.parse(json)
  if (!isObject(rest)) throw new TypeError('The JSON of the slug is no object.')
  return { ...ids, ...rest }
}

function hex(bytes: Uint8Array, at: number, size: number): string {
  if (at + size > bytes.length) throw new RangeError('The slug is cut short.')
  return Array.from(bytes.subarray(at, at + size), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}

const uuid = (digits: string): string => digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
