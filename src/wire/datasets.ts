import { z } from 'zod'
import { JsonObject, Name } from './common.ts'

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
export type DatasetSnapshot = z.output<typeof DatasetSnapshot>
