import { z } from 'zod'
import { Average, JsonObject, Name, Tags } from './common.ts'

/** One run of a program over cases, with the scores that it got. Its rows are spans of its own container. */
export const Experiment = z.object({
  id: z.string(),
  project_id: z.string(),
  name: z.string().describe('Unique in its project.'),
  description: z.string().nullable(),
  base_exp_id: z.string().nullable().describe('What it is compared with.'),
  dataset_id: z.string().nullable(),
  dataset_version: z.string().nullable(),
  repo_info: JsonObject.nullable(),
  metadata: JsonObject.nullable(),
  tags: z.array(z.string()).nullable(),
  created: z.string(),
})

const Text = z.string('must be a string').max(100_000)

/** What an experiment is made with. */
export const ExperimentInput = z.object({
  name: Name.nullish(),
  description: Text.nullish(),
  base_exp_id: z.uuid('must be a UUID').nullish(),
  dataset_id: Text.nullish(),
  dataset_version: Text.nullish(),
  repo_info: JsonObject.nullish(),
  metadata: JsonObject.nullish(),
  tags: Tags.nullish(),
})

/** A score or metric over all cases, beside those of the experiment it is compared with. */
export const Comparison = z.object({
  name: z.string(),
  mean: z.number().describe('Over the cases that have it.'),
  n: z.number().int().describe('How many cases have it.'),
  diff: z
    .number()
    .nullable()
    .describe('Mean difference over the cases that both have; null: there are none.'),
  base_mean: z.number().nullable().describe('Of the base, over the same cases as `diff`.'),
  higher: z.number().int().describe('Cases with more than the same case of the base.'),
  lower: z.number().int(),
})

/** An experiment with what came of it. */
export const ExperimentSummary = Experiment.extend({
  base: z.object({ id: z.string(), name: z.string() }).nullable(),
  case_count: z.number().int(),
  scores: z.array(Comparison),
  metrics: z.array(Comparison).describe('`duration` in seconds, token counts; means of a case.'),
})

/** `GET /v1/experiments`: newest first. */
export const ExperimentPage = z.object({
  experiments: z.array(ExperimentSummary),
  cursor: z.string().nullable().describe('Send it back for the next page; null at the end.'),
})

/** One case of an experiment. */
export const ExperimentCase = z.object({
  id: z.string().describe('Row id of its root span.'),
  trace_id: z.string(),
  created: z.string(),
  input: z.string().describe('Preview, plain text, at most 300 characters.'),
  output: z.string().describe('Preview.'),
  expected: z.string().describe('Preview.'),
  error: z.string().nullable(),
  scores: z.array(Average),
  base_scores: z
    .array(z.object({ name: z.string(), mean: z.number() }))
    .describe('Of the same case of the base: the one with the same input.'),
})

/** `GET /v1/experiments/{id}/cases`: newest first. */
export const ExperimentCasePage = z.object({
  cases: z.array(ExperimentCase),
  cursor: z.string().nullable().describe('Send it back for the next page; null at the end.'),
})

export type Experiment = z.output<typeof Experiment>
export type ExperimentInput = z.output<typeof ExperimentInput>
export type Comparison = z.output<typeof Comparison>
export type ExperimentSummary = z.output<typeof ExperimentSummary>
export type ExperimentCase = z.output<typeof ExperimentCase>
export type ExperimentCasePage = z.output<typeof ExperimentCasePage>
export type ExperimentPage = z.output<typeof ExperimentPage>
