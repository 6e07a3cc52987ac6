import { z } from 'zod'

/** How wide a step of time is in `GET /v1/groups`; days and weeks begin in UTC, weeks on Monday. */
export const Every = z.enum(
  ['hour', 'day', 'week', 'month'],
  'must be one of hour, day, week, month',
)

/** What the values of one field come to, over those rows of a group that have one. */
export const GroupValue = z.object({
  field: z.string(),
  n: z.number().int().describe('How many rows have a value; without one all else is null.'),
  mean: z.number().nullable(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  p50: z.number().nullable().describe('Percentiles are exact, between two values linear.'),
  p90: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
})

export const Group = z.object({
  time: z.string().nullable().describe('Begin of the step, ISO 8601; null without `every`.'),
  by: z.array(z.object({ field: z.string(), value: z.string().nullable() })),
  count: z.number().int(),
  values: z.array(GroupValue),
})

/** `GET /v1/groups`: newest step first, then the largest group. */
export const Groups = z.object({
  groups: z.array(Group),
  is_truncated: z.boolean().describe('There are more groups than are answered.'),
})

/** `GET /v1/count` */
export const Count = z.object({ count: z.number().int() })

export type Every = z.output<typeof Every>
export type Group = z.output<typeof Group>
export type Groups = z.output<typeof Groups>
export type Count = z.output<typeof Count>
