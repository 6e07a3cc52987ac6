import type { RowIdentity } from './draft.ts'
import { parseId } from './id.ts'
import { parseSlug } from './slug.ts'

/**
 * What names a row that is to be changed: its id and, where the text tells them, those of its span and
 * trace. Undefined if the text names no row of the logs of a project.
 */
export function readIdentity(text: unknown): RowIdentity | undefined {
  if (typeof text !== 'string' || text === '') return undefined
  const own = parseId(text)
  const slug = own ? undefined : parseSlug(text)
  if (slug && (slug.rowId === undefined || !slug.isOfLogs)) return undefined
  const address = own ?? slug?.address
  const ids = address ? { span_id: address.spanId, root_span_id: address.traceId } : {}
  return { id: slug?.rowId ?? text, ...ids }
}
