import type { Json } from '../wire/common.ts'
import { type Folded, versionAt } from './fold.ts'
import { parseHeedId } from './id.ts'
import type { RowJson } from './merge.ts'
import { clip, errorPreview, preview } from './preview.ts'
import { clampMicros, type Micros, parseMicros } from './time.ts'

/** Where a row lies: the key that never changes. */
export interface Place {
  readonly projectId: string
  readonly id: string
  /** Unix milliseconds. */
  readonly time: number
}

/** How many flattened metadata paths can be filtered on, and how long a value may be. */
const METADATA_PATHS_MAX = 200
const METADATA_VALUE_MAX = 1000

/** How many tags can be filtered on, and how long one may be. */
const TAGS_MAX = 1000
const TAG_MAX = 512

/** The row of `spans`: what lists, trees and filters read. */
/** A row that does not say its trace, such as a change whose span is on its way, is one by itself. */
export const statedTraceId = (id: string, row: RowJson): string =>
  clip(string(row.root_span_id) ?? string(row.span_id) ?? id, 512)

export function spanColumns(place: Place, folded: Folded, isFolded: boolean, xactId: string) {
  const row = folded.row ?? {}
  const heed = parseHeedId(place.id)
  const attributes = object(row.span_attributes)
  const metadata = object(row.metadata)
  const metrics = numbers(row.metrics)
  const parents = strings(row.span_parents)
  const created = string(row.created)
  return {
    project_id: place.projectId,
    time: place.time,
    id: place.id,
    version: folded.version,
    is_deleted: folded.row ? 0 : 1,
    is_folded: Number(isFolded),
    is_root: Number(folded.hasWhole && parents.length === 0),
    xact_id: xactId,
    trace_id: heed?.traceId ?? statedTraceId(place.id, row),
    span_id: heed?.spanId ?? clip(string(row.span_id) ?? '', 512),
    span_parents: parents,
    created: createdMicros(created, folded),
    start_time: metrics.get('start') ?? null,
    end_time: metrics.get('end') ?? null,
    exec_counter: wholeNumber(attributes.exec_counter),
    name: clip(string(attributes.name) ?? '', 512),
    type: clip(string(attributes.type) ?? '', 64),
    model: clip(string(metadata.model) ?? '', 512),
    user: clip(nameOf(metadata.user_id) ?? nameOf(metadata.user) ?? '', 512),
    session: clip(string(metadata.session_id) ?? string(metadata.conversation_id) ?? '', 512),
    tags: tagsAmong(row.tags),
    metadata: flatten(metadata),
    metrics: Object.fromEntries(metrics),
    scores: Object.fromEntries(ownScores(row.scores)),
    error: errorPreview(row.error),
    comment: clip(commentText(row.comment), 100_000),
    has_expected: Number(row.expected !== undefined && row.expected !== null),
    input: preview(row.input),
    output: preview(row.output),
  }
}

/** The time a row is filed under: that in its id, or the first time we hear of. */
export function placeTime(id: string, row: RowJson, at: Micros): number {
  const created = string(row.created)
  return parseHeedId(id)?.millis ?? Math.floor((created ? createdAt(created) : at) / 1000)
}

const createdAt = (iso: string): Micros => {
  const micros = parseMicros(iso)
  return Number.isFinite(micros) ? clampMicros(micros) : 0
}

const createdMicros = (iso: string | undefined, folded: Folded): Micros =>
  iso ? createdAt(iso) : folded.firstAt || versionAt(folded.version)

const object = (value: Json | undefined): RowJson =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}

const string = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** A user is a text, or a number as some applications have them: as for feedback (server/intake.ts). */
const nameOf = (value: Json | undefined): string | undefined =>
  typeof value === 'number' ? String(value) : string(value)

const strings = (value: Json | undefined): string[] =>
  Array.isArray(value)
    ? value.filter((item) => typeof item === 'string').map((item) => clip(item, 512))
    : []

const isTag = (value: Json): value is string =>
  typeof value === 'string' && value.length <= TAG_MAX && value.trim() !== ''

/** What filters can name and lists show; `payloads` has all that was sent. */
const tagsAmong = (value: Json | undefined): string[] =>
  Array.isArray(value)
    ? value
        .filter(isTag)
        .slice(0, TAGS_MAX)
        .map((tag) => tag.toWellFormed())
    : []

const wholeNumber = (value: Json | undefined): number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0

const numbers = (value: Json | undefined): Map<string, number> => {
  const pairs = Object.entries(object(value))
  return new Map(
    pairs.filter((pair): pair is [string, number] => typeof pair[1] === 'number').map(wellFormed),
  )
}

const wellFormed = <T>([key, value]: [string, T]): [string, T] => [key.toWellFormed(), value]

/** Checked at the door, but a fold may bring together what was sent as a boolean. */
function ownScores(value: Json | undefined): Map<string, number> {
  const scores = Object.entries(object(value)).map(([name, score]): [string, Json] =>
    wellFormed([name, typeof score === 'boolean' ? Number(score) : score]),
  )
  return new Map(scores.filter((pair): pair is [string, number] => typeof pair[1] === 'number'))
}

function commentText(value: Json | undefined): string {
  return string(value) ?? string(object(value).text) ?? ''
}

/** `{a: {b: 1}}` is `a.b` → `1`. Lists and nulls cannot be filtered on and stay out. */
function flatten(metadata: RowJson): Record<string, string> {
  const flat = new Map<string, string>()
  const walk = (value: RowJson, prefix: string) => {
    for (const [key, child] of Object.entries(value)) {
      if (flat.size >= METADATA_PATHS_MAX) return
      const path = prefix + key
      if (typeof child === 'object' && child !== null && !Array.isArray(child))
        walk(child, `${path}.`)
      else if (child !== null && !Array.isArray(child)) {
        flat.set(clip(path, 512), clip(String(child), METADATA_VALUE_MAX))
      }
    }
  }
  walk(metadata, '')
  return Object.fromEntries(flat)
}
