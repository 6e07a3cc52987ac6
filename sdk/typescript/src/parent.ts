import { HeedError, type Report } from './error.ts'
import { parseId, parseTraceparent, type SpanAddress } from './id.ts'
import { parseSlug } from './slug.ts'
import type { Parent } from './types.ts'

/** Where a new span hangs: under an address, under a foreign id, or nowhere (both undefined). */
export interface Attachment {
  readonly address?: SpanAddress | undefined
  /** An id of another making; the server may know it. */
  readonly foreignId?: string | undefined
}

/**
 * Reads what the caller gave as `parent`. A Heed id needs no look-up, nor does what a span of the
 * official `braintrust` SDKs exports. Never throws: what cannot be
 * read is told to `report`, and the span becomes a root.
 */
export function readParent(parent: Parent, report: Report): Attachment {
  if (typeof parent === 'string') {
    const address = parseId(parent)
    if (address) return { address }
    const slug = parseSlug(parent)
    if (slug) return { address: slug.address }
    report(invalid(`parent ${parent.slice(0, 60)} is no id of a Heed span; it was sent as it is`))
    return { foreignId: parent }
  }
  const header = parent?.traceparent
  const address = typeof header === 'string' ? parseTraceparent(header) : undefined
  if (!address) report(invalid('parent.traceparent is no W3C trace header; a new trace was begun'))
  return { address }
}

const invalid = (sentence: string) => new HeedError('invalid_field', `${sentence}.`)

/** True for a parent that says nothing: absent, empty, or a header the request did not have. */
export const isBlank = (parent: Parent | undefined): parent is undefined =>
  parent === undefined ||
  parent === '' ||
  (typeof parent === 'object' && (parent.traceparent ?? '') === '')
