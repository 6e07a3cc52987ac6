import type { Source } from '../wire/common.ts'
import type { Entry } from './fold.ts'
import type { RowJson } from './merge.ts'
import type { Micros } from './time.ts'

/** One write of one span. `entry.row` is the row of the wire, as it came. */
export interface SpanWrite {
  readonly projectId: string
  readonly id: string
  readonly entry: Entry
}

/** One feedback event, complete. */
export interface FeedbackWrite {
  readonly projectId: string
  readonly feedbackId: string
  /** Nobody chose the id: the same content again is the same event, said again, and counts from then. */
  readonly isNamedByContent: boolean
  /** Row id of the judged span, arrived or not. */
  readonly target: string
  /** The time that is shown: never later than its arrival. */
  readonly judgedAt: Micros
  /** The order among what people said (time.ts). */
  readonly orderedAt: Micros
  /** Empty: anonymous. */
  readonly user: string
  readonly source: Source
  /** Null retracts. */
  readonly scores: readonly (readonly [name: string, value: number | null])[]
  /** JSON text, or empty. */
  readonly expected: string
  readonly comment: string
  /** The event whose comment this edits or, without a comment, deletes; empty: none. */
  readonly replaces: string
  /** The event whose comment this answers; empty: none. */
  readonly replyTo: string
  readonly tags: readonly string[]
  /** JSON text, or empty. */
  readonly metadata: string
}

/** One write of one record of a dataset. */
export interface RecordWrite {
  readonly projectId: string
  readonly datasetId: string
  readonly id: string
  readonly kind: Entry['kind']
  /** When it arrived: records change in that order, whatever time their client had. */
  readonly at: Micros
  /** UInt64, decimal: the same for a write that is delivered again, which then changes nothing. */
  readonly delivery: string
  readonly row: RowJson
}

/** What one request writes: all of it is durable when it is answered, or none of it is promised. */
export interface Batch {
  readonly spans: readonly SpanWrite[]
  readonly feedback: readonly FeedbackWrite[]
  readonly records?: readonly RecordWrite[]
  /** Of the request's body: what the queue is bounded by. */
  readonly bytes: number
}

/** What a commit changed, for those who watch. */
export interface Changed {
  /** Or the id of the experiment or dataset whose rows changed. */
  readonly projectId: string
  readonly traceIds: readonly string[]
  readonly feedbackIds: readonly string[]
}
