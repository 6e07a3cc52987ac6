import { createHash } from 'node:crypto'
import { type Json, Name } from '../wire/common.ts'
import type { FeedbackInput } from '../wire/feedback.ts'
import type { Row } from '../wire/rows.ts'

/** What a row of feedback is made of where the official SDKs fuse nothing else into it. */
const FEEDBACK_KEYS = new Set([
  ...['id', 'org_id', 'project_id', 'project_name', 'log_id', 'experiment_id'],
  ...['scores', 'expected', 'tags', '_is_merge', '_audit_source', '_audit_metadata'],
])

/** A row taken apart: what somebody thinks of a span, and what is written to the span itself. */
interface Parted {
  readonly feedback: FeedbackInput | null
  readonly span: Record<string, Json> | null
}

/**
 * The official SDKs send feedback as a change of the judged row, and fuse what they have to send of one
 * row. So a row that carries audit fields holds feedback, and whatever else it holds is the span's. Which
 * of two fused values was whose cannot be seen: scores count as the user's, who may retract them;
 * expected and tags stay with the span as well.
 */
export function parted(projectId: string, row: Row, raw: Record<string, Json>): Parted {
  if (!row._audit_source && !row._audit_metadata) return { feedback: null, span: raw }
  const { id, scores, expected } = row
  const tags = tagsAmong(row.tags)
  const isOnlyFeedback =
    row._is_merge === true && Object.keys(raw).every((key) => FEEDBACK_KEYS.has(key))
  const { scores: _, ...span } = raw
  const isSilent = !scores?.length && (expected ?? null) === null && tags.length === 0
  if (isSilent) return { feedback: null, span: isOnlyFeedback ? null : span }
  // Such a row has no id of its own: the same content is the same event, sent again.
  const hash = createHash('sha256')
    .update(JSON.stringify([projectId, raw]))
    .digest('hex')
  const feedback = { ...auditOf(row), id, scores, expected, tags, feedback_id: hash.slice(0, 32) }
  return { feedback, span: isOnlyFeedback ? null : span }
}

/**
 * A row with a comment on another row is feedback on that row. Null: it is no such row, as one with span ids
 * never is: a case of an experiment has the record that it is of as its `origin`.
 */
export function commentOf(row: Row): FeedbackInput | null {
  const target = inside(row.origin, 'id')
  const text = inside(row.comment, 'text')
  if (row.span_id || row.root_span_id || row.span_parents?.length) return null
  if (typeof target !== 'string' || text === undefined) return null
  // The official SDKs check nothing of it: what is no text is kept as its JSON.
  const comment = typeof text === 'string' || text === null ? text : JSON.stringify(text)
  return { ...auditOf(row), feedback_id: row.id, id: target, comment, created: row.created }
}

/** The value of a key of an object; of anything else undefined. */
const inside = (value: Json | undefined, key: string): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, key)
    ? value[key]
    : undefined

/** Those that can be tags of feedback; the span beside it keeps all. */
const tagsAmong = (tags: Row['tags']): string[] => [
  ...new Set((tags ?? []).flatMap((tag) => Name.safeParse(tag).data ?? [])),
]

const auditOf = (row: Row) => ({ source: row._audit_source, metadata: row._audit_metadata })
