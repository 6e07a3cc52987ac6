import { z } from 'zod'
import { Average, Json, JsonObject } from './common.ts'
import { Feedback } from './feedback.ts'

/** A judgement: one current (user, score name) value on a span, or a score the program logged. */
export const Judgement = z.object({
  id: z.string().describe('The row id of the judged span.'),
  name: z.string(),
  value: z.number(),
  user: z.string().nullable().describe('Null: anonymous, or the program itself.'),
  source: z.enum(['app', 'api', 'external', 'program']),
  feedback_id: z.string().nullable().describe('Null for a score the program logged itself.'),
  created: z.string(),
})

/** A comment as it stands now: edited ones with their newest text, deleted ones not at all. */
export const Comment = z.object({
  feedback_id: z
    .string()
    .nullable()
    .describe('What edits, deletes and replies name; null for `span.log({ comment })`.'),
  id: z.string().describe('The row id of the span that it is about.'),
  user: z.string().nullable().describe('Null is anonymous.'),
  text: z.string(),
  created: z.string(),
  edited: z.string().nullable().describe('When its text was last changed.'),
  reply_to: z.string().nullable().describe('The feedback_id of the comment that it answers.'),
})

/** One span without its payload: what a tree and a list show. */
export const SpanSummary = z.object({
  id: z.string(),
  span_id: z.string(),
  trace_id: z.string(),
  parent_id: z.string().nullable().describe('Row id of the parent; null for the root.'),
  name: z.string(),
  type: z.string().describe('llm, tool, function, task, score, eval, review or empty.'),
  xact_id: z.string().describe('Of the write that made it what it is: it grows with every write.'),
  created: z.string(),
  start: z.number().nullable().describe('Unix seconds.'),
  end: z.number().nullable().describe('Unix seconds; null while it runs.'),
  error: z.string().nullable().describe('The error in one line, or what a traceback ends with.'),
  model: z.string().nullable(),
  user: z.string().nullable(),
  tags: z.array(z.string()),
  metrics: z.array(z.object({ name: z.string(), value: z.number() })),
  scores: z.array(Average).describe('Over the subtree of this span, itself included.'),
  feedback_count: z.number().int().describe('Feedback events on this span itself.'),
})

/** `GET /v1/traces/{trace_id}`: the tree, and everything people said about it. */
export const Trace = z.object({
  trace_id: z.string(),
  project_id: z.string(),
  root_id: z.string().describe('Row id of the root, or of the earliest span while it is missing.'),
  scores: z.array(Average).describe('Over the whole trace.'),
  spans: z.array(SpanSummary).describe('Parents before children, siblings in order of time.'),
  judgements: z.array(Judgement).describe('Every one that the averages are made of.'),
  comments: z.array(Comment).describe('Every comment that stands, oldest first.'),
  feedback: z.array(Feedback).describe('The whole ledger of this trace, oldest first.'),
})

/** `GET /v1/spans/{id}`: one span, whole. */
export const Span = SpanSummary.extend({
  project_id: z.string(),
  input: Json.nullable(),
  output: Json.nullable(),
  expected: Json.nullable().describe('As the program logged it; corrections are feedback.'),
  error_detail: Json.nullable().describe('The error as logged, with its stack.'),
  metadata: Json.nullable().describe('An object, or whatever was sent in place of one.'),
  span_attributes: JsonObject.nullable(),
  context: Json.nullable(),
  comment: z.string().nullable().describe('As logged by `span.log({ comment })`.'),
  rest: JsonObject.describe('Every other key of the row, as it came.'),
})

/** One trace in a list: its root, with the totals of the whole trace. */
export const TraceSummary = z.object({
  trace_id: z.string(),
  id: z.string().describe('Row id of the root span.'),
  name: z.string(),
  created: z.string(),
  start: z.number().nullable(),
  end: z.number().nullable(),
  input: z.string().describe('Preview, plain text, at most 300 characters.'),
  output: z.string().describe('Preview, plain text, at most 300 characters.'),
  error: z.string().nullable().describe('First error of the root or, without one, of any span.'),
  model: z.string().nullable(),
  user: z.string().nullable(),
  tags: z.array(z.string()),
  span_count: z.number().int(),
  scores: z.array(Average),
  feedback_count: z.number().int(),
  comment_count: z.number().int().describe('Comments that stand, in feedback and on spans.'),
  correction_count: z.number().int(),
})

/** `GET /v1/traces`: newest first. */
export const TracePage = z.object({
  traces: z.array(TraceSummary),
  cursor: z.string().nullable().describe('Send it back for the next page; null at the end.'),
})

/** `GET /v1/spans`: newest first, each as in its trace. */
export const SpanPage = z.object({
  spans: z.array(SpanSummary),
  cursor: z.string().nullable().describe('Send it back for the next page; null at the end.'),
})

/** `GET /v1/scores`: what all judgements of a project come to. */
export const ProjectScores = z.object({ scores: z.array(Average) })

export type Judgement = z.output<typeof Judgement>
export type Comment = z.output<typeof Comment>
export type SpanSummary = z.output<typeof SpanSummary>
export type SpanPage = z.output<typeof SpanPage>
export type Trace = z.output<typeof Trace>
export type Span = z.output<typeof Span>
export type TraceSummary = z.output<typeof TraceSummary>
export type TracePage = z.output<typeof TracePage>
