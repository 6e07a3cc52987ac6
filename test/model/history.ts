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
/** Of input and output, which may be anything. */
const payload = fc.oneof(leaf, metadata, metadata)
const tags = fc.option(fc.array(fc.constantFrom('red', 'green', 'blue'), { maxLength: 3 }), {
  nil: null,
})
const metrics = few(fc.constantFrom('cost', 'tokens'), fc.constantFrom(1, 2, null))

const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const given = <T extends object>(record: T) =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }

const whole: fc.Arbitrary<Patch> = fc
  .record({
    scores: maybe(scores),
    input: maybe(payload),
    output: maybe(payload),
    metadata: maybe(metadata),
    tags: maybe(tags),
  })
  .map(given)

const change: fc.Arbitrary<Patch> = fc
  .record({
    scores: maybe(retractable),
    input: maybe(payload),
    output: maybe(payload),
    metadata: maybe(metadata),
    tags: maybe(tags),
    metrics: maybe(metrics),
    replace: maybe(
      fc.subarray(['tags', 'metadata', 'metadata.k', 'metadata.l.x', 'input', 'output.k']),
    ),
    remove: maybe(
      fc.array(
        fc.record({
          path: fc.constantFrom(
            'tags',
            'metadata.k',
            'metadata.k.x',
            'metadata.none',
            'input',
            'output.k',
          ),
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

/** What gives the events of a history their order, and so in which order they may arrive. */
export type Timing =
  /** Their times, a minute apart: any order. */
  | 'minutes'
  /** Their times, a millisecond apart and about now, by one clock: any order. */
  | 'millis'
  /** Their arrival: they say no times. */
  | 'arrival'
  /** They say one time, all of them: that of whole rows is their arrival, that of feedback its id. */
  | 'moment'

/** How an event was sent. */
export interface Sending {
  /** How much the clock of its client is fast, in milliseconds. */
  readonly skewMs: number
  /** Whether its client chose an id: only feedback may go without. */
  readonly isNamed: boolean
}

export interface History {
  /** In the order in which they happened. */
  readonly events: readonly Event[]
  readonly timing: Timing
  readonly sendings: readonly Sending[]
  /** Which events arrive together, one parcel after the other: each one to five times. */
  readonly parcels: readonly (readonly number[])[]
  /** The kind of row id: Heed's own tells trace and time, another SDK's tells nothing. */
  readonly hasHeedIds: boolean
}

const YEAR_MS = 365 * 24 * 3600 * 1000

/** Less than what is corrected, even with the delay of a request. */
const FAST_MS = 4_000

const anySkew = fc.constantFrom(0, 0, FAST_MS, -7 * YEAR_MS, 12 * YEAR_MS)
const slight = {
  millis: fc.constantFrom(0, FAST_MS),
  arrival: fc.constant(0),
  moment: fc.constant(0),
}

/** Histories of some timings. */
export const historyOf = (timings: fc.Arbitrary<Timing>): fc.Arbitrary<History> =>
  fc
    .tuple(timings, fc.array(event, { minLength: 1, maxLength: EVENTS }))
    .map(([timing, events]) => ({ timing, events: tied(possible(timing, events)) }))
    .chain(({ timing, events }) => {
      const ofEach = <T>(arbitrary: fc.Arbitrary<T>) =>
        fc.array(arbitrary, { minLength: events.length, maxLength: events.length })
      const isOrdered = timing === 'arrival' || timing === 'moment'
      const same = <T>(arbitrary: fc.Arbitrary<T>) => arbitrary.map((one) => events.map(() => one))
      return fc
        .record({
          skews: timing === 'minutes' ? ofEach(anySkew) : same(slight[timing]),
          // Of one moment the ids decide, so all or none are chosen.
          names: timing === 'moment' ? same(fc.boolean()) : ofEach(fc.boolean()),
          // One event a parcel, where they come in turn: not too many.
          times: ofEach(fc.constantFrom(...(isOrdered ? [1, 1, 1, 2] : [1, 1, 1, 1, 2, 3, 5]))),
          hasHeedIds: fc.constantFrom(true, true, false),
        })
        .chain(({ skews, names, times, hasHeedIds }) => {
          const sendings = events.map(({ kind }, n) => ({
            skewMs: skews[n] ?? 0,
            isNamed: (kind !== 'vote' && kind !== 'correct') || names[n] === true,
          }))
          const mayRepeat = (n: number) =>
            sendings[n]?.isNamed === true && !(isOrdered && isOfRow(events[n]))
          const all = times.flatMap((count, n) =>
            Array.from({ length: mayRepeat(n) ? count : 1 }, () => n),
          )
          return fc
            .tuple(
              fc.shuffledSubarray(all, { minLength: all.length }),
              fc.array(fc.integer({ min: 1, max: 7 }), {
                minLength: all.length,
                maxLength: all.length,
              }),
            )
            .map(([order, sizes]) => ({
              events,
              timing,
              sendings,
              hasHeedIds,
              parcels: isOrdered
                ? inTurn(order, events.length, mayRepeat).map((n) => [n])
                : parcelled(order, sizes),
            }))
        })
    })

export const history = historyOf(
  fc.constantFrom<Timing>('minutes', 'minutes', 'minutes', 'millis', 'millis', 'arrival', 'moment'),
)

const isOfRow = (event: Event | undefined) =>
  event?.kind === 'span' || event?.kind === 'change' || event?.kind === 'delete'

/** In one moment a whole row comes before all changes of it, so there whole rows alone have an order. */
function possible(timing: Timing, events: readonly Event[]): readonly Event[] {
  if (timing !== 'moment') return events
  const left = events.filter(({ kind }) => kind !== 'change' && kind !== 'delete')
  return left.length > 0 ? left : [{ kind: 'span', span: 1, parent: null, patch: {} }]
}

/** Each for the first time in its turn, and again wherever it comes again after that. */
function inTurn(
  order: readonly number[],
  count: number,
  mayRepeat: (n: number) => boolean,
): number[] {
  const result: number[] = []
  let next = 0
  for (const n of order) {
    if (n >= next) result.push(next++)
    else if (mayRepeat(n)) result.push(n)
  }
  while (next < count) result.push(next++)
  return result
}

function parcelled(order: readonly number[], sizes: readonly number[]): number[][] {
  const left = [...order]
  return sizes.map((size) => left.splice(0, size)).filter((parcel) => parcel.length > 0)
}
