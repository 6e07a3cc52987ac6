import { z } from 'zod'

/** What a filter can choose from. */
export const FilterSource = z.enum(
  ['traces', 'spans', 'feedback'],
  'must be one of traces, spans, feedback',
)

/** Bounds of one filter: what a person or a screen would write, far from what could hurt. */
export const FILTER_DEPTH_MAX = 32
export const FILTER_COMPARISONS_MAX = 100
export const FILTER_TEXT_MAX = 8_000
const LIST_MAX = 500

/** As it stands between a field and its value. `!=` and `!~` are exactly `not =` and `not ~`. */
export const COMPARISONS = ['=', '!=', '<', '<=', '>', '>=', '~', '!~'] as const

/** The name of a field, then the path below it: `['metadata', 'model']`. */
const Field = z.array(z.string().max(512)).min(1).max(20)

/** Durations are seconds; times are ISO 8601, or seconds from now: `-604800` is a week ago. */
const Value = z.union([z.string().max(2_000), z.number(), z.boolean()])

const Comparison = z.strictObject({ field: Field, op: z.enum(COMPARISONS), value: Value })
const Membership = z.strictObject({
  field: Field,
  op: z.literal('in'),
  value: z.array(Value).min(1).max(LIST_MAX),
})
const Presence = z.strictObject({ field: Field, op: z.literal('exists') })
const Leaf = z.discriminatedUnion(
  'op',
  [Comparison, Membership, Presence],
  'must have an op: = != < <= > >= ~ !~ in exists',
)

/**
 * A filter as a tree, which is also what JSON may say. Lists of `and` and `or` hold two or more.
 * Its text form, for people: filter-text.ts. Fields: filter-fields.ts.
 */
export type Filter =
  | { and: Filter[] }
  | { or: Filter[] }
  | { not: Filter }
  | z.output<typeof Comparison>
  | z.output<typeof Membership>
  | z.output<typeof Presence>

export type FilterLeaf = z.output<typeof Leaf>
export type FilterValue = z.output<typeof Value>

const Tree: z.ZodType<Filter> = z.lazy(() =>
  z.union(
    [
      z.strictObject({ and: z.array(Tree).min(2) }),
      z.strictObject({ or: z.array(Tree).min(2) }),
      z.strictObject({ not: Tree }),
      Leaf,
    ],
    'must be {and: […]}, {or: […]}, {not: …} or {field: […], op, value}',
  ),
)

/** Size first: a tree too deep would be walked by recursion before it is refused. */
export const Filter = z
  .unknown()
  .refine(
    (value) => !isBeyond(value, FILTER_DEPTH_MAX),
    `must not nest deeper than ${FILTER_DEPTH_MAX}`,
  )
  .pipe(Tree)
  .refine(
    (filter) => leaves(filter).length <= FILTER_COMPARISONS_MAX,
    `must not hold more than ${FILTER_COMPARISONS_MAX} comparisons`,
  )

/** The comparisons of a filter, in the order of its text. */
export function leaves(filter: Filter): FilterLeaf[] {
  if ('and' in filter) return filter.and.flatMap(leaves)
  if ('or' in filter) return filter.or.flatMap(leaves)
  return 'not' in filter ? leaves(filter.not) : [filter]
}

/** Each level of the tree may be an object and a list. */
function isBeyond(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (depth === 0) return true
  const isList = Array.isArray(value)
  return Object.values(value).some((child) => isBeyond(child, isList ? depth : depth - 1))
}

export type FilterSource = z.output<typeof FilterSource>
