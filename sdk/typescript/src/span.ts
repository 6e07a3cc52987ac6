import { argsAround, read, readArgs, textOf } from './args.ts'
import { nowMicros } from './clock.ts'
import { Draft } from './draft.ts'
import { HeedError, messageOf } from './error.ts'
import { recordFeedback } from './feedback.ts'
import { type Field, snapshotFields } from './fields.ts'
import { formatId, newSpanId, newTraceId } from './id.ts'
import { isObject } from './merge.ts'
import { type Attachment, isBlank, readParent } from './parent.ts'
import type { Recorder } from './recorder.ts'
import { runInSpan } from './run-in-span.ts'
import type { FeedbackFields, HeaderCarrier, Span, SpanArgs, SpanFields } from './types.ts'

/** Orders siblings that began in the same microsecond. */
let execCounter = 0

/** A span that is recorded. */
export class LiveSpan implements Span {
  readonly id: string
  readonly spanId: string
  readonly rootSpanId: string
  readonly #recorder: Recorder
  readonly #draft: Draft
  #endTime: number | undefined

  /** @param defaultType the type of a span that is no root and has none */
  constructor(
    recorder: Recorder,
    args: SpanArgs,
    { address, foreignId }: Attachment,
    defaultType?: string,
  ) {
    const startMicros = microsOf(args.startTime) ?? nowMicros()
    this.spanId = newSpanId()
    this.rootSpanId = address?.traceId ?? newTraceId(startMicros / 1000)
    const ownId = formatId({ traceId: this.rootSpanId, spanId: this.spanId })
    this.id = textOf(read(args.event, 'id')) ?? ownId
    this.#recorder = recorder
    this.#draft = new Draft(
      { id: this.id, span_id: this.spanId, root_span_id: this.rootSpanId },
      startMicros,
      {
        ...(address ? { span_parents: [address.spanId] } : {}),
        ...(foreignId === undefined ? {} : { _parent_id: foreignId }),
      },
    )
    const isRoot = address === undefined
    const name = textOf(args.name) ?? (isRoot ? 'root' : 'span')
    const type = textOf(args.type) ?? (isRoot ? 'task' : defaultType)
    const attributes = { name, type, exec_counter: execCounter++ }
    this.#draft.add('span_attributes', { value: attributes, size: name.length + 50 })
    this.#draft.add('metrics', { value: { start: startMicros / 1e6 }, size: 30 })
    this.#add(snapshotFields(recorder, { span_attributes: args.spanAttributes }))
    if (args.event) this.#add(snapshotFields(recorder, args.event))
    recorder.put(this.#draft)
  }

  get traceparent(): string {
    return `00-${this.rootSpanId}-${this.spanId}-01`
  }

  /** Where a child of this span hangs. */
  get attachment(): Attachment {
    return { address: { traceId: this.rootSpanId, spanId: this.spanId } }
  }

  /** True if what `recorder` records goes to the same project of the same server. */
  sharesTracesOf({ container: { url, projectName } }: Recorder): boolean {
    const { container } = this.#recorder
    return container.url === url && container.projectName === projectName
  }

  log(fields: SpanFields): void {
    const taken = snapshotFields(this.#recorder, fields)
    const { size } = this.#draft
    this.#add(taken)
    if (taken.length > 0) this.#recorder.put(this.#draft, size)
  }

  /** Adds fields to the row. An end that is logged as a metric is the end. */
  #add(fields: readonly Field[]): void {
    for (const [name, copied] of fields) {
      this.#draft.add(name, copied)
      const end = name === 'metrics' && isObject(copied.value) ? copied.value.end : undefined
      if (typeof end === 'number' && Number.isFinite(end)) this.#endTime = end
    }
  }

  traced<Result>(callback: (span: Span) => Result, args?: SpanArgs): Result {
    return runInSpan(this.startSpan(argsAround(callback, args)), callback)
  }

  startSpan(given?: SpanArgs): Span {
    const args = readArgs(given, (error) => this.#recorder.report(error))
    const { parent } = args
    if (parent === null) return new LiveSpan(this.#recorder, args, {})
    const attachment = isBlank(parent)
      ? this.attachment
      : readParent(parent, (error) => this.#recorder.report(error))
    return new LiveSpan(this.#recorder, args, attachment)
  }

  end(args?: { readonly endTime?: number | undefined }): number {
    if (this.#endTime === undefined) {
      this.#endTime = (microsOf(read(args, 'endTime')) ?? nowMicros()) / 1e6
      this.log({ metrics: { end: this.#endTime } })
    }
    return this.#endTime
  }

  setAttributes(attributes: Readonly<Record<string, unknown>>): void {
    this.log({ span_attributes: attributes })
  }

  logFeedback(feedback: FeedbackFields): string {
    return recordFeedback(this.#recorder, feedback, this.id)
  }

  inject<Carrier extends HeaderCarrier>(carrier: Carrier): Carrier {
    try {
      if (typeof carrier.set === 'function') carrier.set('traceparent', this.traceparent)
      else (carrier as Record<string, unknown>).traceparent = this.traceparent
    } catch (thrown) {
      const sentence = `traceparent could not be written: ${messageOf(thrown)}.`
      this.#recorder.report(new HeedError('invalid_field', sentence))
    }
    return carrier
  }

  async export(): Promise<string> {
    return this.id
  }
}

/** Unix seconds as microseconds; undefined for anything that is no time. */
const microsOf = (seconds: number | undefined): number | undefined =>
  Number.isFinite(seconds) ? Math.round(Number(seconds) * 1e6) : undefined
