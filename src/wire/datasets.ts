import { z } from 'zod'
import { Json, JsonObject, Name } from './common.ts'

/** A named, versioned set of records; names are unique in a project. */
export const Dataset = z.object({
  id: z.string(),
  project_id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  metadata: JsonObject.nullable(),
  created: z.string(),
})

/** A version of a dataset by a name that a person chose. */
export const DatasetSnapshot = z.object({
  id: z.string(),
  dataset_id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  xact_id: z.string(),
  created: z.string(),
})

/** A dataset with what is in it. */
export const DatasetSummary = Dataset.extend({
  record_count: z.number().int(),
  snapshots: z.array(DatasetSnapshot).describe('Oldest first.'),
})

/** `GET /v1/datasets`: newest first. */
export const DatasetPage = z.object({
  datasets: z.array(DatasetSummary),
  cursor: z.string().nullable().describe('Send it back for the next page; null at the end.'),
})

/** What a person looks at in a record. */
export const DatasetRecord = z.object({
  id: z.string(),
  created: z.string(),
  input: Json,
  expected: Json,
  metadata: Json,
  tags: z.array(z.string()).nullable(),
  origin: Json.describe('The row that it was made of: `object_type`, `object_id`, `id`.'),
})

/** `GET /v1/dataset/{id}/fetch`: newest first, as of a version or of now. */
export const DatasetRecordPage = z.object({
  events: z.array(DatasetRecord),
  cursor: z.string().nullable().describe('Send it back for the next page; null at the end.'),
})

/** What a dataset is made with. */
export const DatasetInput = z.object({
  name: Name,
  description: z.string('must be a string').max(100_000).nullish(),
  metadata: JsonObject.nullish(),
})

/** A version: the transaction id of a write, decimal. */
export const Version = z
  .union([z.string(), z.number()], 'must be a transaction id')
  .transform(String)
  .refine(
    (id) => /^\d{1,20}$/.test(id) && BigInt(id) < 2n ** 64n,
    'must be a transaction id: decimal digits',
  )

export type Dataset = z.output<typeof Dataset>
export type DatasetInput = z.output<typeof DatasetInput>
export type DatasetPage = z.output<typeof DatasetPage>
export type DatasetRecord = z.output<typeof DatasetRecord>
export type DatasetSummary = z.output<typeof DatasetSummary>
export type DatasetSnapshot = z.output<typeof DatasetSnapshot>
