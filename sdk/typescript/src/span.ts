import { argsAround, read, readArgs, textOf } from './args.ts'
import { nowMicros } from './clock.ts'
import { unserialisable } from './copy.ts'
import { Draft } from './draft.ts'
import { errorText, HeedError, messageOf } from './error.ts'
import { recordFeedback } from './feedback.ts'
import { formatId, newSpanId, newTraceId } from './id.ts'
import { type Attachment, isBlank, readParent } from './parent.ts'
import type { Recorder } from './recorder.ts'
import { runInSpan } from './run-in-span.ts'
import type { FeedbackFields, HeaderCarrier, Span, SpanArgs, SpanFields } from './types.ts'

/** Orders siblings that began in the same microsecond. */
let execCounter = 0

/** Keys of a row that are not the caller's to set; so are all that begin with an underscore. */
const RESERVED: ReadonlySet<string> = new Set([
  'id',
  'span_id',
  'root_span_id',
  'span_parents',
  'created',
  'project_id',
  'project_name',
  'log_id',
  'experiment_id',
  'dataset_id',
  'prompt_session_id',
  'origin',
])

/**
 * Adds the fields of one `log` call to a draft; what cannot be sent is left out and told. True if
 * something was added.
 */
export function addFields(recorder: Recorder, draft: Draft, fields: SpanFields): boolean {
  const names = namesOf(fields)
  if (!names) {
    recorder.report(new HeedError('invalid_field', 'log takes an object of fields.'))
    return false
  }
  let isAdded = false
  for (const field of names) {
    if (RESERVED.has(field) || field.startsWith('_')) {
      if (field === 'id') continue
      recorder.report(new HeedError('invalid_field', `${field} is set by Heed. It was left out.`))
      continue
    }
    const copied = recorder.snapshot(field, fieldOf(fields, field))
    if (copied.value === undefined) continue
    draft.add(field, copied)
    isAdded = true
  }
  return isAdded
}

/** Undefined for what is no object, or one that cannot be read: a revoked proxy, for instance. */
function namesOf(fields: SpanFields): readonly string[] | undefined {
  try {
    return typeof fields === 'object' ? Object.keys(fields) : undefined
  } catch {
    return undefined
  }
}

function fieldOf(fields: SpanFields, field: string): unknown {
  try {
    const value = fields[field]
    return field === 'error' && value instanceof Error ? errorText(value) : value
  } catch (thrown) {
    return unserialisable(thrown)
  }
}

/** A span that is recorded. */
export class LiveSpan implements Span {
  readonly id: string
  readonly spanId: string
  readonly rootSpanId: string
  readonly #recorder: Recorder
  readonly #draft: Draft
  #endTime: number | undefined

  constructor(recorder: Recorder, args: SpanArgs, { address, foreignId }: Attachment) {
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
    const type = textOf(args.type) ?? (isRoot ? 'task' : undefined)
    const attributes = { name, type, exec_counter: execCounter++ }
    this.#draft.add('span_attributes', { value: attributes, size: name.length + 50 })
    this.#draft.add('metrics', { value: { start: startMicros / 1e6 }, size: 30 })
    addFields(recorder, this.#draft, { span_attributes: args.spanAttributes })
    if (args.event) addFields(recorder, this.#draft, args.event)
    recorder.put(this.#draft)
  }

  get traceparent(): string {
    return `00-${this.rootSpanId}-${this.spanId}-01`
  }

  /** True if this span is recorded by `recorder`. */
  belongsTo(recorder: Recorder): boolean {
    return this.#recorder === recorder
  }

  log(fields: SpanFields): void {
    const { size } = this.#draft
    const isAdded = addFields(this.#recorder, this.#draft, fields)
    if (isAdded) this.#recorder.put(this.#draft, size)
  }

  traced<Result>(callback: (span: Span) => Result, args?: SpanArgs): Result {
    return runInSpan(this.startSpan(argsAround(callback, args)), callback)
  }

  startSpan(given?: SpanArgs): Span {
    const args = readArgs(given, (error) => this.#recorder.report(error))
    const { parent } = args
    if (parent === null) return new LiveSpan(this.#recorder, args, {})
    const attachment = isBlank(parent)
      ? { address: { traceId: this.rootSpanId, spanId: this.spanId } }
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
