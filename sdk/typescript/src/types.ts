/** A number in [0, 1]; true is 1, false is 0, null is "no value". */
export type ScoreValue = number | boolean | null

/** Score name to value, such as `{ helpful: 1 }`. A name left undefined is left out. */
export type Scores = Readonly<Record<string, ScoreValue | undefined>>

/** What a program can say about a span. Logged several times, objects merge and tags unite. */
export interface SpanFields {
  readonly input?: unknown
  readonly output?: unknown
  /** What the output should have been, as the program knows it. */
  readonly expected?: unknown
  /** Text, or anything that was thrown. */
  readonly error?: unknown
  readonly scores?: Scores | null | undefined
  readonly metadata?: Readonly<Record<string, unknown>> | null | undefined
  /** Numbers, such as token counts. `start` and `end` are Unix seconds. */
  readonly metrics?: Readonly<Record<string, number | undefined>> | null | undefined
  readonly tags?: readonly string[] | null | undefined
  readonly comment?: string | null | undefined
  /** Keys of your own are kept as they are. */
  readonly [key: string]: unknown
}

/** The kinds the dashboard draws in their own way; any other word is kept too. */
export type SpanType =
  | 'llm'
  | 'tool'
  | 'function'
  | 'task'
  | 'score'
  | 'eval'
  | 'review'
  | (string & {})

/** Who a new span belongs to: a `span.id`, also of another process, or a W3C header. */
export type Parent = string | { readonly traceparent: string | null | undefined }

export interface SpanArgs {
  /** What the step does, such as `retrieve`. */
  readonly name?: string | undefined
  readonly type?: SpanType | undefined
  /** Absent: the current span, if there is one of this project. Null: a new trace. */
  readonly parent?: Parent | null | undefined
  /** The first fields, as if logged at once. Its `id` replaces the row id of the span. */
  readonly event?: (SpanFields & { readonly id?: string | undefined }) | undefined
  /** Unix seconds; absent is now. */
  readonly startTime?: number | undefined
  /** Further attributes, such as `{ purpose: 'scorer' }`. */
  readonly spanAttributes?: Readonly<Record<string, unknown>> | undefined
}

/** Where feedback came from. */
export type FeedbackSource = 'app' | 'api' | 'external'

/** What one person or program thinks of one span. At least one of the five contents is needed. */
export interface FeedbackFields {
  readonly scores?: Scores | null | undefined
  /** A correction: what the output should have been. */
  readonly expected?: unknown
  readonly comment?: string | null | undefined
  readonly tags?: readonly string[] | null | undefined
  /** About this feedback, never about the span. `user_id` names the voter if `user` does not. */
  readonly metadata?: Readonly<Record<string, unknown>> | null | undefined
  /** The feedback id of a comment: this call edits it or, without a `comment`, deletes it. */
  readonly replaces?: string | null | undefined
  /** The feedback id of the comment that this one answers. */
  readonly replyTo?: string | null | undefined
  /** Who judges; one user has one current vote per score. Absent is anonymous. */
  readonly user?: string | number | null | undefined
  /** Absent: the server's `api`. */
  readonly source?: FeedbackSource | null | undefined
  /** Names this feedback, so that sending it twice counts once. Absent: a new UUIDv7. */
  readonly feedbackId?: string | null | undefined
}

export interface Feedback extends FeedbackFields {
  /** What `span.id` returned, in this process or another. */
  readonly id: string
}

/** One timed step of a trace. No method throws; what goes wrong is told to `onError`. */
export interface Span {
  /** The row id: what feedback and `parent` name. Empty if nothing is recorded. */
  readonly id: string
  /** 16 hex digits. */
  readonly spanId: string
  /** 32 hex digits: the trace. */
  readonly rootSpanId: string
  /** The W3C header that makes a span of another service a child of this one. */
  readonly traceparent: string
  /** Adds fields, any number of times, also after the end. Values are taken as they are now. */
  log(fields: SpanFields): void
  /** Runs `callback` in a child span; see `traced`. */
  traced<Result>(callback: (span: Span) => Result, args?: SpanArgs): Result
  /** Opens a child; the caller ends it. */
  startSpan(args?: SpanArgs): Span
  /**
   * Ends the span and returns the end, Unix seconds. Only the first call counts, and not where an
   * `end` was logged in `metrics`: that is the end.
   */
  end(args?: { readonly endTime?: number | undefined }): number
  /** Changes name, type or further attributes. */
  setAttributes(attributes: Readonly<Record<string, unknown>>): void
  /** Judges this span; returns the feedback id, or an empty string if it was refused. */
  logFeedback(feedback: FeedbackFields): string
  /** Writes the `traceparent` header and returns the same carrier. */
  inject<Carrier extends HeaderCarrier>(carrier: Carrier): Carrier
  /** The id: all that another process needs. */
  export(): Promise<string>
}

/** `Headers`, or a plain object of headers. */
export type HeaderCarrier =
  | { set(name: string, value: string): void }
  | Record<string, string | string[] | undefined>
