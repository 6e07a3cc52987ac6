import { z } from 'zod'
import {
  Id,
  Json,
  JsonObject,
  Name,
  ProjectRef,
  Scores,
  Source,
  Tags,
  Timestamp,
} from './common.ts'
import { Rejection } from './feedback.ts'

/**
 * `POST /logs3`: the envelope of the official `braintrust` SDKs, with three things more that Heed's
 * own SDKs send: a project by name, feedback events beside the rows, and the client's clock.
 */
export const InsertRows = ProjectRef.extend({
  rows: z.array(z.unknown(), 'must be a list').max(50_000).default([]),
  feedback: z.array(z.unknown(), 'must be a list').max(10_000).default([]),
  api_version: z.number().optional(),
  sent_at: Timestamp.nullish().describe("The client's clock when it sent this request."),
})

/** `NaN` and the infinities cannot stand in JSON; the official Python SDK sends their names. */
const NOT_FINITE = new Set<unknown>(['NaN', 'Infinity', '-Infinity'])

const Metrics = JsonObject.transform((metrics) =>
  Object.entries(metrics).filter((pair): pair is [string, number] => typeof pair[1] === 'number'),
)

/** In a row the same names stand for a score that could not be computed: null. */
const RowScores = z.preprocess(
  (scores) =>
    typeof scores === 'object' && scores !== null && !Array.isArray(scores)
      ? Object.fromEntries(
          Object.entries(scores).map(([k, v]) => [k, NOT_FINITE.has(v) ? null : v]),
        )
      : scores,
  Scores,
)

/**
 * One row of `/logs3`: a span, a change of one (`_is_merge`), a comment, or a deletion. Only what
 * the server cannot do without is checked; unknown keys, and metadata, comments, origins and tags of any
 * kind, are kept as they came: a span is not lost for what stands beside it.
 */
export const Row = z.looseObject({
  id: Id,
  project_id: z.uuid('must be a UUID').nullish(),
  project_name: Name.nullish(),
  log_id: z.string().nullish(),
  span_id: Id.nullish(),
  root_span_id: Id.nullish(),
  span_parents: z.array(Id).nullish(),
  created: Timestamp.nullish(),
  input: Json.optional(),
  output: Json.optional(),
  expected: Json.optional(),
  error: Json.optional(),
  scores: RowScores.nullish(),
  metadata: Json.optional(),
  metrics: Metrics.nullish(),
  tags: z.array(z.string('must be a string'), 'must be a list of strings').nullish(),
  span_attributes: JsonObject.nullish(),
  comment: Json.optional(),
  origin: Json.optional(),
  _is_merge: z.boolean().nullish(),
  _merge_paths: z.array(z.array(z.string())).nullish(),
  _array_delete: z.array(z.object({ path: z.array(z.string()), delete: z.array(Json) })).nullish(),
  _object_delete: z.boolean().nullish(),
  _audit_source: Source.nullish(),
  _audit_metadata: JsonObject.nullish(),
})

/** The tags of a row that is feedback and nothing else: what is no tag of feedback would be kept nowhere. */
export const FeedbackTags = z.object({ tags: Tags.nullish() })

/** The answer: what is stored is committed and synced; what is not is named. */
export const InsertedRows = z.object({
  xact_id: z
    .string()
    .nullable()
    .describe(
      'Transaction id: 19 decimal digits, grows with every write. Null: nothing was stored.',
    ),
  accepted: z.object({ rows: z.number().int(), feedback: z.number().int() }),
  rejected: z.array(Rejection),
})

export type Row = z.output<typeof Row>
export type InsertedRows = z.output<typeof InsertedRows>
