import { newTraceId, rowId, spanId } from '../support/heed.ts'
import type { History, Sending, Timing } from './history.ts'
import type { Event, Happened } from './oracle.ts'

/** Far more than a request takes: by that much a wrong clock can be corrected wrongly. */
const STEP_MS = 60_000

/** Spans of the n-th history of a trace are numbered from here on. */
const SPANS_EACH = 16

/**
 * A trace and all that happens to it: one history as it is or, so that a read serves many, several
 * of them below a root that they share. Places of events count through all of them.
 */
export class Trace {
  readonly traceId: string
  readonly histories: readonly History[]
  readonly events: Event[] = []
  /** By step: which events arrive. */
  readonly parcels: number[][] = []
  readonly #begun: number
  readonly #times: (number | undefined)[] = []
  readonly #sendings: Sending[] = []

  constructor(histories: readonly History[], begun: number) {
    this.histories = histories
    this.#begun = begun
    this.traceId = newTraceId(begun)
    const isShared = histories.length > 1
    if (isShared) {
      this.#add({ kind: 'span', span: 0, parent: null, patch: {} }, begun, PLAIN)
      // Before, between or after the others.
      this.#deliver(histories[0]?.parcels.length ?? 0, [0])
    }
    for (const [i, { events, timing, sendings, parcels }] of histories.entries()) {
      const first = this.events.length
      const moved = (n: number) => n + (isShared ? (i + 1) * SPANS_EACH : 0)
      for (const [n, event] of events.entries()) {
        const span = moved(event.span)
        const told =
          event.kind === 'span'
            ? {
                ...event,
                span,
                parent: event.parent === null ? (isShared ? 0 : null) : moved(event.parent),
              }
            : event.kind === 'edit'
              ? { ...event, span, of: first + event.of }
              : event.kind === 'comment'
                ? { ...event, span, answers: event.answers === null ? null : first + event.answers }
                : { ...event, span }
        this.#add(told, this.#timeOf(timing, n), sendings[n] ?? PLAIN)
      }
      for (const [step, parcel] of parcels.entries()) {
        this.#deliver(
          step,
          parcel.map((n) => first + n),
        )
      }
    }
  }

  #add(event: Event, time: number | undefined, sending: Sending): void {
    this.events.push(event)
    this.#times.push(time)
    this.#sendings.push(sending)
  }

  /** When the n-th event of a history happened, by a clock that is right. */
  #timeOf(timing: Timing, n: number): number | undefined {
    if (timing === 'minutes') return this.#begun + n * STEP_MS
    if (timing === 'millis') return this.#begun + AGO_MS + n
    return timing === 'moment' ? this.#begun : undefined
  }

  /** What has arrived after so many steps, in the order in which it happened. */
  happened(steps = this.parcels.length): Happened {
    const arrived = new Set(this.parcels.slice(0, steps).flat())
    return new Map([...this.events.entries()].filter(([place]) => arrived.has(place)))
  }

  #deliver(step: number, places: readonly number[]): void {
    while (this.parcels.length <= step) this.parcels.push([])
    this.parcels[step]?.push(...places)
  }

  /** The history that a span belongs to; undefined: the shared root. */
  historyOf(span: number): History | undefined {
    return this.histories.length > 1
      ? this.histories[Math.floor(span / SPANS_EACH) - 1]
      : this.histories[0]
  }

  hasHeedId = (span: number): boolean => this.historyOf(span)?.hasHeedIds ?? true

  rowId(span: number): string {
    return this.hasHeedId(span) ? rowId(this.traceId, span) : `foreign ${this.traceId} ${span}`
  }

  /** The number of a span, from its id. */
  spanOf(id: string): number {
    return id.startsWith('foreign') ? Number(id.split(' ')[2]) : Number.parseInt(id.slice(33), 16)
  }

  /** Of one moment ids are in the order of places. */
  feedbackId = (place: number): string => `${this.traceId} ${String(place).padStart(4, '0')}`

  sending = (place: number): Sending => this.#sendings[place] ?? PLAIN

  /** The time of an event by the clock of its client; undefined: it says none. */
  created(place: number): string | undefined {
    const time = this.#times[place]
    return time === undefined ? undefined : wrongTime(time, this.sending(place).skewMs)
  }

  /** An event as it travels. */
  item(place: number): { list: 'rows' | 'feedback'; item: object } {
    const event = this.events[place] as Event
    const id = this.rowId(event.span)
    const created = this.created(place)
    const ids = { span_id: spanId(event.span), root_span_id: this.traceId }
    if (event.kind === 'delete')
      return { list: 'rows', item: { id, created, _object_delete: true } }
    if (event.kind === 'span') {
      const span_parents = event.parent === null ? [] : [spanId(event.parent)]
      // Half of the spans are still open: what is known of those is kept, of others it is read back.
      const metrics = { start: event.span, ...(event.span % 2 === 0 && { end: event.span + 1 }) }
      return { list: 'rows', item: { id, ...ids, created, span_parents, metrics, ...event.patch } }
    }
    if (event.kind === 'change') {
      const { replace, remove, ...said } = event.patch
      const control = {
        _is_merge: true,
        ...(replace && { _merge_paths: replace.map((path) => path.split('.')) }),
        ...(remove && {
          _array_delete: remove.map(({ path, values }) => ({
            path: path.split('.'),
            delete: values,
          })),
        }),
      }
      return {
        list: 'rows',
        item: { id, ...(event.hasSpanIds && ids), created, ...said, ...control },
      }
    }
    const named = this.sending(place).isNamed ? { feedback_id: this.feedbackId(place) } : {}
    const feedback = { id, ...named, created }
    const said =
      event.kind === 'vote'
        ? { user: event.user, scores: event.scores }
        : event.kind === 'correct'
          ? { user: event.user, expected: event.expected }
          : event.kind === 'comment'
            ? { comment: event.text, reply_to: nameOf(this, event.answers) }
            : { comment: event.text, replaces: nameOf(this, event.of) }
    return { list: 'feedback', item: { ...feedback, ...said } }
  }
}

const nameOf = (trace: Trace, place: number | null) =>
  place === null ? null : trace.feedbackId(place)

/** How long ago the first event of a history of minutes happened: none lies in the future. */
const AGO_MS = 20 * STEP_MS

export const begin = () => Date.now() - AGO_MS

const PLAIN: Sending = { skewMs: 0, isNamed: true }

/** What a clock shows that is fast by so many milliseconds. */
export const wrongTime = (ms: number, skewMs: number) => new Date(ms + skewMs).toISOString()
