import fc from 'fast-check'
import type { Json } from '../../src/wire/common.ts'
import type { Patch } from './merged.ts'
import type { Event } from './oracle.ts'

/** How many spans a history may have; number 1 is the root. */
const SPANS = 4

/** Events of one history, at most. */
const EVENTS = 10

/** Sums of these are exact in binary, so that the oracle may add them in any order. */
const score = fc.constantFrom(0, 0.25, 0.5, 1)
const name = fc.constantFrom('a', 'b')
const span = fc.integer({ min: 1, max: SPANS })
const user = fc.constantFrom('u1', 'u2', null)
const few = <T>(key: fc.Arbitrary<string>, value: fc.Arbitrary<T>) =>
  fc.dictionary(key, value, { minKeys: 1, maxKeys: 2, noNullPrototype: true })
const scores = few(name, score)
const retractable = few(name, fc.oneof(score, fc.constant(null)))

const leaf = fc.constantFrom<Json>(0, 'x', null, [], [1], [1, 2], [{ k: 1 }])
const nested = few(fc.constantFrom('x', 'y'), leaf)
const metadata = few(fc.constantFrom('k', 'l'), fc.oneof(leaf, nested, nested))
const tags = fc.array(fc.constantFrom('red', 'green', 'blue'), { maxLength: 3 })
const metrics = few(fc.constantFrom('cost', 'tokens'), fc.constantFrom(1, 2, null))

const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const given = <T extends object>(record: T) =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }

const whole: fc.Arbitrary<Patch> = fc
  .record({ scores: maybe(scores), metadata: maybe(metadata), tags: maybe(tags) })
  .map(given)

const change: fc.Arbitrary<Patch> = fc
  .record({
    scores: maybe(retractable),
    metadata: maybe(metadata),
    tags: maybe(tags),
    metrics: maybe(metrics),
    replace: maybe(fc.subarray(['tags', 'metadata', 'metadata.k', 'metadata.l.x'])),
    remove: maybe(
      fc.array(
        fc.record({
          path: fc.constantFrom('tags', 'metadata.k', 'metadata.k.x', 'metadata.none'),
          values: fc.subarray<Json>(['red', 'green', 1, { k: 1 }]),
        }),
        { maxLength: 2 },
      ),
    ),
  })
  .map(given)

type Weighted = { weight: number; arbitrary: fc.Arbitrary<Event> }
const weighted = (weight: number, arbitrary: fc.Arbitrary<Event>): Weighted => ({
  weight,
  arbitrary,
})

const event: fc.Arbitrary<Event> = fc.oneof(
  weighted(
    6,
    span.chain((n) =>
      fc.record({
        kind: fc.constant('span' as const),
        span: fc.constant(n),
        // A parent comes before its children in number, so there is no circle.
        parent: n === 1 ? fc.constant(null) : fc.integer({ min: 1, max: n - 1 }),
        patch: whole,
      }),
    ),
  ),
  weighted(
    5,
    fc.record({
      kind: fc.constant('change' as const),
      span,
      hasSpanIds: fc.boolean(),
      patch: change,
    }),
  ),
  weighted(1, fc.record({ kind: fc.constant('delete' as const), span })),
  weighted(6, fc.record({ kind: fc.constant('vote' as const), span, user, scores: retractable })),
  weighted(
    1,
    fc.record({
      kind: fc.constant('correct' as const),
      span,
      user,
      expected: fc.constantFrom<Json>('better', { a: [1] }, 0, false),
    }),
  ),
  weighted(
    2,
    fc.record({
      kind: fc.constant('comment' as const),
      span,
      text: fc.constantFrom('good', 'bad'),
      answers: nullable(fc.nat(EVENTS)),
    }),
  ),
  weighted(
    2,
    fc.record({
      kind: fc.constant('edit' as const),
      span,
      of: fc.nat(EVENTS),
      text: nullable(fc.constantFrom('better', 'worse')),
    }),
  ),
)

/** Events name comments that came before them; where there is none, an edit is a comment. */
function tied(events: readonly Event[]): Event[] {
  const result: Event[] = []
  for (const event of events) {
    const comments = result.flatMap(({ kind }, at) =>
      kind === 'comment' || kind === 'edit' ? [at] : [],
    )
    const nth = (n: number) => comments[n % comments.length]
    if (event.kind === 'comment') {
      result.push({
        ...event,
        answers: event.answers === null ? null : (nth(event.answers) ?? null),
      })
    } else if (event.kind === 'edit') {
      const of = nth(event.of)
      const { span, text } = event
      if (of === undefined) result.push({ kind: 'comment', span, text: text ?? '-', answers: null })
      else result.push({ ...event, of, span: result[of]?.span ?? span })
    } else result.push(event)
  }
  return result
}

export interface History {
  /** In the order in which they happened, a minute apart. */
  readonly events: readonly Event[]
  /** By how many years the clock is wrong of the client that each event comes from. */
  readonly skewYears: readonly number[]
  /** Which events arrive together, one parcel after the other: each one to five times. */
  readonly parcels: readonly (readonly number[])[]
  /** The kind of row id: Heed's own tells trace and time, another SDK's tells nothing. */
  readonly hasHeedIds: boolean
}

export const history: fc.Arbitrary<History> = fc
  .array(event, { minLength: 1, maxLength: EVENTS })
  .map(tied)
  .chain((events) => {
    const ofEach = <T>(arbitrary: fc.Arbitrary<T>) =>
      fc.array(arbitrary, { minLength: events.length, maxLength: events.length })
    return fc
      .record({
        skewYears: ofEach(fc.constantFrom(0, 0, -7, 12)),
        times: ofEach(fc.constantFrom(1, 1, 1, 1, 2, 3, 5)),
        hasHeedIds: fc.constantFrom(true, true, false),
      })
      .chain(({ times, ...rest }) => {
        const all = times.flatMap((count, n) => Array.from({ length: count }, () => n))
        return fc
          .tuple(
            fc.shuffledSubarray(all, { minLength: all.length }),
            fc.array(fc.integer({ min: 1, max: 7 }), {
              minLength: all.length,
              maxLength: all.length,
            }),
          )
          .map(([order, sizes]) => ({ events, ...rest, parcels: parcelled(order, sizes) }))
      })
  })

function parcelled(order: readonly number[], sizes: readonly number[]): number[][] {
  const left = [...order]
  return sizes.map((size) => left.splice(0, size)).filter((parcel) => parcel.length > 0)
}
