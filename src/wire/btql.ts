import { z } from 'zod'
import { Json } from './common.ts'
import { Version } from './datasets.ts'

/** A value that a row is asked for: what of BTQL's JSON trees is understood. Nothing of it is ever SQL. */
export type Expression =
  | { readonly op: 'literal'; readonly value: Json }
  | { readonly op: 'ident'; readonly name: readonly (string | number)[] }
  | { readonly op: Binary; readonly left: Expression; readonly right: Expression }
  | { readonly op: 'isnull' | 'isnotnull' | 'not'; readonly expr: Expression }
  | { readonly op: 'and' | 'or'; readonly children: readonly Expression[] }

const BINARY = ['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'in', 'add', 'sub'] as const
type Binary = (typeof BINARY)[number]

const Text = z.string('must be a string')

const Ident = z.object({
  op: z.literal('ident'),
  name: z.array(z.union([Text, z.number().int()]), 'must be a list of names').min(1),
})

const Literal = z.object({ op: z.literal('literal'), value: Json })

const OPERATORS = ['literal', 'ident', ...BINARY, 'isnull', 'isnotnull', 'not', 'and', 'or']

const Expression: z.ZodType<Expression> = z.lazy(() =>
  z.discriminatedUnion(
    'op',
    [
      Literal,
      Ident,
      z.object({ op: z.enum(BINARY), left: Expression, right: Expression }),
      z.object({ op: z.enum(['isnull', 'isnotnull', 'not']), expr: Expression }),
      z.object({ op: z.enum(['and', 'or']), children: z.array(Expression, 'must be a list') }),
    ],
    `must be an expression with an op of ${OPERATORS.join(', ')}`,
  ),
)

const SOURCES = ['dataset', 'experiment', 'project_logs'] as const

const From = z.object({
  op: z.literal('function', 'must be function'),
  name: z.object({
    op: z.literal('ident', 'must be ident'),
    name: z.tuple(
      [z.enum(SOURCES, `must be one of ${SOURCES.join(', ')}`)],
      'must be a list of one name',
    ),
  }),
  args: z.tuple(
    [
      z.object({
        op: z.literal('literal', 'must be literal'),
        value: z.uuid('must be the UUID of the object to read'),
      }),
    ],
    'must be a list of one literal',
  ),
  shape: z.literal('spans', 'must be spans').nullish(),
})

/** Says what else would be understood, of an object that holds a key which is not; other flaws in `otherwise`. */
const onlyKnown = (what: string, otherwise?: string) => (issue: { readonly code?: string }) =>
  issue.code === 'unrecognized_keys' ? `is not supported; ${what}` : otherwise

const Star = z.strictObject(
  { op: z.literal('star', 'must be star: whole rows are read') },
  { error: onlyKnown('whole rows are read') },
)

/** Rows come newest first; saying so is all that can be asked. */
const Newest = z.object({
  expr: z.object({
    op: z.literal('ident', 'must be ident'),
    name: z.tuple([z.literal('created', 'must be created')], 'must be [created]'),
  }),
  dir: z.literal('desc', 'must be desc'),
})

const Query = z.strictObject(
  {
    select: z.tuple([Star], 'must be [{"op": "star"}]'),
    from: From,
    filter: Expression.nullish(),
    sort: z.array(Newest, 'must be a list').max(1, 'must hold one field').nullish(),
    limit: z.number('must be a number').int().min(0).nullish(),
    cursor: Text.nullish(),
  },
  {
    error: onlyKnown(
      'select, from, filter, sort, limit and cursor are',
      'must be a JSON tree of select and from; queries as text are not supported',
    ),
  },
)

/** Tells how the official server should read, or who asks: nothing that changes the answer. */
const Hint = z.unknown().optional()

/** `POST /btql`, as the official SDKs send it. */
export const BtqlRequest = z.strictObject(
  {
    query: Query,
    version: Version.nullish(),
    fmt: z.literal('json', 'must be json').nullish(),
    audit_log: z.literal(false, 'is not supported').nullish(),
    use_columnstore: Hint,
    use_brainstore: Hint,
    brainstore_realtime: Hint,
    query_source: Hint,
  },
  { error: onlyKnown('query, version and fmt are') },
)

export type BtqlRequest = z.output<typeof BtqlRequest>
