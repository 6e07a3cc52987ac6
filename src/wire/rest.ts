import { z } from 'zod'
import { Name } from './common.ts'
import { DatasetInput, Version } from './datasets.ts'
import { ExperimentInput } from './experiments.ts'

const ROWS_MAX = 1000

/** `POST /v1/{project_logs,dataset,experiment}/{id}/insert`. Events without an `id` get one. */
export const InsertEvents = z.object({
  events: z.array(z.unknown(), 'must be a list').max(50_000),
})

/** `POST /v1/{project_logs,dataset,experiment}/{id}/feedback`. */
export const FeedbackItems = z.object({
  feedback: z.array(z.unknown(), 'must be a list').max(10_000),
})

/** Older ways to the next page: who goes by one would read the first for ever. */
const OtherPaging = z.null('is not supported; the cursor of an answer goes on').optional()

/** `POST` or `GET /v1/{project_logs,dataset,experiment}/{id}/fetch`. */
export const FetchEvents = z.strictObject(
  {
    limit: z.coerce.number('must be a number').int().min(1).max(ROWS_MAX).nullish(),
    cursor: z.string('must be a string').nullish(),
    version: Version.nullish().describe('Of a dataset alone.'),
    max_xact_id: OtherPaging,
    max_root_span_id: OtherPaging,
  },
  {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? 'is not supported; limit, cursor and version are'
        : undefined,
  },
)

export const CreateProject = z.object({ name: Name })

export const CreateDataset = DatasetInput.extend({ project_id: z.uuid('must be a UUID') })

export const CreateExperiment = ExperimentInput.extend({
  project_id: z.uuid('must be a UUID'),
  ensure_new: z.boolean('must be true or false').nullish(),
  ancestor_commits: z.array(z.string(), 'must be a list').nullish(),
})

/** What a list of objects is narrowed to. */
export const ListObjects = z.object({
  project_id: z.string().optional(),
  project_name: z.string().optional(),
  dataset_name: z.string().optional(),
  experiment_name: z.string().optional(),
  limit: z.coerce.number('must be a number').int().min(1).max(ROWS_MAX).default(ROWS_MAX),
})
