import fc from 'fast-check'
import type { Event } from './oracle.ts'

/** How many spans a trace may have; number 1 is the root. */
const SPANS = 4

/** Sums of these are exact in binary, so that the oracle may add them in any order. */
const value = fc.constantFrom(0, 0.25, 0.5, 1)
const name = fc.constantFrom('a', 'b')
const span = fc.integer({ min: 1, max: SPANS })
const scores = fc.dictionary(name, value, { minKeys: 1, maxKeys: 2, noNullPrototype: true })
const retractable = fc.dictionary(name, fc.oneof(value, fc.constant(null)), {
  minKeys: 1,
  maxKeys: 2,
  noNullPrototype: true,
})

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: span.chain((n) =>
      fc.record({
        kind: fc.constant('span' as const),
        span: fc.constant(n),
        // A parent comes before its children in number, so there is no circle.
        parent: n === 1 ? fc.constant(null) : fc.integer({ min: 1, max: n - 1 }),
        scores: fc.oneof(fc.constant({}), scores),
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('change' as const),
      span,
      scores: fc.oneof(fc.constant({}), retractable),
      key: fc.constantFrom('k1', 'k2', 'k3'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), span }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('vote' as const),
      span,
      user: fc.constantFrom('u1', 'u2', null),
      scores: retractable,
    }),
  },
)

/** One delivery of one event: which, by a client whose clock is how wrong, together with how many others. */
interface Delivery {
  readonly event: number
  readonly skewYears: number
}

export interface History {
  /** In the order in which they happened. */
  readonly events: readonly Event[]
  /** In the order in which they arrive: each at least once, some again. */
  readonly deliveries: readonly Delivery[]
}

export const history: fc.Arbitrary<History> = fc
  .array(event, { minLength: 1, maxLength: 9 })
  .chain((events) => {
    const again = fc.array(fc.nat(events.length - 1), { maxLength: 4 })
    const skews = fc.array(fc.constantFrom(0, 0, -7, 12), { minLength: 13, maxLength: 13 })
    return fc.tuple(again, skews).chain(([repeated, skewYears]) => {
      const all = [...events.keys(), ...repeated].map((n, i) => ({
        event: n,
        skewYears: skewYears[i] ?? 0,
      }))
      return fc
        .shuffledSubarray(all, { minLength: all.length })
        .map((deliveries) => ({ events, deliveries }))
    })
  })
