import { z } from 'zod'

/** Any JSON value. Already parsed text: no functions, no cycles, finite numbers. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** Parsed JSON is JSON by construction, so nothing is walked here; depth is bounded at the door. */
export const Json = z.custom<Json>((value) => value !== undefined, 'must be a JSON value')

/** A JSON object, with any keys: what the caller named its own things. */
export const JsonObject = z.custom<Record<string, Json>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be an object',
)

/** The longest id, name or tag that is kept, in UTF-16 code units. */
const NAME_MAX = 512

/** A row id, trace id, span id or feedback id: opaque, compared byte by byte. */
export const Id = z
  .string('must be a string')
  .min(1, 'must not be empty')
  .max(NAME_MAX)
  .refine((id) => id.isWellFormed(), 'must be well-formed Unicode')

/** A name a person chose: of a project, a user, a tag. */
export const Name = z
  .string('must be a string')
  .trim()
  .min(1, 'must not be empty')
  .max(NAME_MAX)
  .transform((name) => name.toWellFormed())

/** The name of a score. Free text, because users have many. */
const ScoreName = z
  .string()
  .min(1, 'must not be an empty name')
  .max(NAME_MAX)
  .transform((name) => name.toWellFormed())

const ScoreValue = z
  .union([z.boolean(), z.number(), z.null()], 'must be a number in [0, 1], true, false or null')
  .transform((value) => (typeof value === 'boolean' ? Number(value) : value))
  .refine((value) => value === null || (value >= 0 && value <= 1), 'must be in [0, 1]')

/**
 * Score name to a number in [0, 1], or null to retract. Booleans become 1 and 0.
 * A list of pairs after parsing: a name such as `__proto__` is data, never a property.
 */
export const Scores = JsonObject.transform((scores, ctx) => {
  const pairs: [name: string, value: number | null][] = []
  for (const [key, raw] of Object.entries(scores)) {
    const name = ScoreName.safeParse(key)
    const value = ScoreValue.safeParse(raw)
    if (name.success && value.success) pairs.push([name.data, value.data])
    const issue = name.error?.issues[0] ?? value.error?.issues[0]
    if (issue) ctx.addIssue({ code: 'custom', message: issue.message, path: [key] })
  }
  return pairs
})

/** Unique strings; repeated ones count once. */
export const Tags = z
  .array(Name, 'must be a list of strings')
  .max(1000)
  .transform((tags) => [...new Set(tags)])

/** A point in time: ISO 8601 with a zone, up to microseconds. */
export const Timestamp = z.iso.datetime({
  offset: true,
  error: 'must be an ISO 8601 time with a zone',
})

/** Where feedback came from: the app's own screen, a program calling the API, or elsewhere. */
export const Source = z.enum(['app', 'api', 'external'], 'must be one of app, api, external')

/** Names the project of a request: one of the two. */
export const ProjectRef = z.object({
  project_id: z.uuid('must be a UUID').optional().describe('The id of a project that exists.'),
  project_name: Name.optional().describe('The name of a project; writing creates it.'),
})

/** Where rows are read: in the logs of a project, or in one of its experiments. */
export const ContainerRef = ProjectRef.extend({
  experiment_id: z.uuid('must be a UUID').optional().describe('Instead of a project.'),
})

/** The mean of all judgements in a subtree under one score name, and how many they are. */
export const Average = z.object({
  name: z.string(),
  mean: z.number().describe('In [0, 1].'),
  n: z.number().int().positive().describe('How many judgements the mean is of.'),
})

export type Average = z.output<typeof Average>
export type ContainerRef = z.output<typeof ContainerRef>
export type ProjectRef = z.output<typeof ProjectRef>
export type Source = z.output<typeof Source>
