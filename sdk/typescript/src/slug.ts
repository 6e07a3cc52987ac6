import type { SpanAddress } from './id.ts'
import { isObject } from './merge.ts'

/** What the numbered fields of a slug say; versions 3 and 4 number them, JSON names them. */
const FIELDS = ['', 'object_id', 'row_id', 'span_id', 'root_span_id']

/** The logs of a project. */
const LOGS = 2

/** A container: an experiment, logs, or a playground. */
const isContainer = (type: number | undefined) => type === 1 || type === LOGS || type === 3

type Ids = Readonly<Record<string, unknown>>

/**
 * What `span.export()` of the official `braintrust` SDKs names: a span, or only its container. Of that no
 * more is read than its kind, since a span goes where its own logger logs.
 */
export interface Slug {
  readonly address: SpanAddress | undefined
  readonly rowId: string | undefined
  /** False: of an experiment or a playground. */
  readonly isOfLogs: boolean
}

/** Reads a slug of version 1 to 4. Undefined: it is no such text. */
export function parseSlug(text: string): Slug | undefined {
  try {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
    if (!isContainer(bytes[1])) return undefined
    const ids = idsOf(bytes)
    if (!ids) return undefined
    const { span_id: spanId, root_span_id: traceId, row_id: rowId } = ids
    const isSpan = typeof spanId === 'string' && typeof traceId === 'string'
    return {
      address: isSpan ? { traceId, spanId } : undefined,
      rowId: typeof rowId === 'string' && rowId !== '' ? rowId : undefined,
      isOfLogs: bytes[1] === LOGS,
    }
  } catch {
    return undefined
  }
}

function idsOf(bytes: Uint8Array): Ids | undefined {
  const [version] = bytes
  if (version === 1) return bytes[2] ? rowAt(bytes, 20, bytes[3]) : {}
  if (version === 2) {
    const [, , hasObject, hasArguments, hasRow, isUuid] = bytes
    let at = hasObject ? 22 : 6
    if (hasArguments) at += 4 + new DataView(bytes.buffer).getInt32(at)
    return hasRow ? rowAt(bytes, at, isUuid) : {}
  }
  return version === 3 || version === 4 ? numbered(bytes, version) : undefined
}

/** Version 1 and 2: the span's id, then the root's, each a UUID; the row's, which may be none. */
const rowAt = (bytes: Uint8Array, at: number, isUuid: number | undefined): Ids => ({
  span_id: uuid(hex(bytes, at, 16)),
  root_span_id: uuid(hex(bytes, at + 16, 16)),
  row_id: isUuid ? uuid(hex(bytes, at + 32, 16)) : textAt(bytes, at + 32),
})

const textAt = (bytes: Uint8Array, at: number): string =>
  new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(at))

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
  const json = textAt(bytes, at)
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
