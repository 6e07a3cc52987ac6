import fc from 'fast-check'
import type { Filter, FilterLeaf, FilterSource } from '../../src/wire/filter.ts'
import { FIELDS, type FilterField } from '../../src/wire/filter-fields.ts'
import { ago, one, POOL } from './filter-data.ts'

const TEXTS = [
  ...POOL.users,
  ...POOL.names,
  ...POOL.models,
  ...POOL.tags,
  ...[
    'app',
    'api',
    's1',
    'pending',
    'attached',
    'REFUND',
    'GRÖ',
    'änder',
    'timeout',
    "it's broken",
  ],
]

const PATHS: Record<string, fc.Arbitrary<string[]>> = {
  scores: one(POOL.scoreNames).map((name) => [name]),
  own_scores: one(POOL.scoreNames).map((name) => [name]),
  metrics: one(POOL.metrics).map((name) => [name]),
  metadata: fc.oneof(
    one(POOL.metadata).map((key) => [key]),
    one(POOL.metadata).map((key) => ['deep', key]),
  ),
}

const EQUAL = ['=', '!='] as const
const ORDER = ['<', '<=', '>', '>=', ...EQUAL] as const
const LIKE = ['~', '!~'] as const

/** Comparisons of one field, all good. */
function leaf(name: string, { type, hasPath }: FilterField): fc.Arbitrary<FilterLeaf> {
  const below = (hasPath && PATHS[name]) || fc.constant([])
  const field = below.map((path) => [...name.split('.'), ...path])
  const exists = fc.record({ field, op: fc.constant('exists' as const) })
  const compared = <O extends string, V>(op: readonly O[], value: fc.Arbitrary<V>) =>
    fc.record({ field, op: one(op), value })
  const text = one(TEXTS)
  const number = one([0, 1, 2, 5, 20, 0.1, 0.15, 0.25, 0.375, 0.5, -2e-7])
  const some = <V>(value: fc.Arbitrary<V>) =>
    fc.record({
      field,
      op: fc.constant('in' as const),
      value: fc.array(value, { minLength: 1, maxLength: 3 }),
    })
  const words = fc
    .array(one(POOL.words), { minLength: 1, maxLength: 2 })
    .map((all) => all.join(' ').toUpperCase())
  const time = fc.oneof(one(POOL.minutes).map(ago), one([-1800, -7200, -30 * 86_400]))
  switch (type) {
    case 'flag':
      return exists
    case 'boolean':
      return compared(EQUAL, fc.boolean())
    case 'words':
      return fc.oneof(exists, compared(LIKE, words), compared(LIKE, words))
    case 'number':
      return fc.oneof(exists, some(number), compared(ORDER, number), compared(ORDER, number))
    case 'time':
      return fc.oneof(exists, compared(['<', '<=', '>', '>='] as const, time))
    case 'text':
      return fc.oneof(exists, some(text), compared([...EQUAL, ...LIKE], text))
    case 'any':
      return fc.oneof(
        exists,
        some(one(POOL.values)),
        compared(EQUAL, one(POOL.values)),
        compared(ORDER, number),
        compared(LIKE, one(['p', 'RO', "'", '5'])),
      )
  }
}

/** Filters over all fields of a source. */
export function filterOf(source: FilterSource): fc.Arbitrary<Filter> {
  const leaves = Object.entries(FIELDS[source]).map(([name, field]) => ({
    // Averages have the most rules.
    weight: name.endsWith('scores') ? 5 : 1,
    arbitrary: leaf(name, field),
  }))
  const { tree } = fc.letrec<{ tree: Filter }>((tie) => {
    const list = fc.array(tie('tree'), { minLength: 2, maxLength: 3 })
    return {
      tree: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        { weight: 5, arbitrary: fc.oneof(...leaves) as fc.Arbitrary<Filter> },
        { weight: 1, arbitrary: list.map((and) => ({ and })) },
        { weight: 1, arbitrary: list.map((or) => ({ or })) },
        { weight: 1, arbitrary: tie('tree').map((not) => ({ not })) },
      ),
    }
  })
  return tree
}
