import { argsAround, read, readArgs } from './args.ts'
import { nowMicros } from './clock.ts'
import type { Stats } from './delivery.ts'
import { Draft } from './draft.ts'
import { HeedError } from './error.ts'
import { recordFeedback } from './feedback.ts'
import { snapshotFields } from './fields.ts'
import { readIdentity } from './identity.ts'
import { type LoggerOptions, resolveOptions } from './options.ts'
import { isBlank, readParent } from './parent.ts'
import { Recorder } from './recorder.ts'
import { runInSpan } from './run-in-span.ts'
import { LiveSpan } from './span.ts'
import { state } from './state.ts'
import type { Feedback, Span, SpanArgs, SpanFields } from './types.ts'

/**
 * Logs to one project. Only `flush` rejects; no other method throws, waits or does more than put
 * a row into a bounded queue.
 */
export class Logger {
  readonly #recorder: Recorder

  /** Base address of the server. */
  readonly url: string

  constructor(options: LoggerOptions) {
    const resolved = resolveOptions(options ?? {})
    this.url = resolved.url
    this.#recorder = new Recorder(resolved)
  }

  /**
   * Runs `callback` in a span and ends it. A promise is returned as a promise, any other value as
   * it is; what is thrown is recorded and thrown on.
   */
  traced<Result>(callback: (span: Span) => Result, args?: SpanArgs): Result {
    return runInSpan(this.startSpan(argsAround(callback, args)), callback)
  }

  /** Opens a span: under `parent`, else under the current span of this project, else as a root. */
  startSpan(given?: SpanArgs): Span {
    const args = readArgs(given, (error) => this.#recorder.report(error))
    const { parent } = args
    if (parent === null) return new LiveSpan(this.#recorder, args, {})
    if (!isBlank(parent)) {
      const attachment = readParent(parent, (error) => this.#recorder.report(error))
      return new LiveSpan(this.#recorder, args, attachment)
    }
    const current = state.context.getStore()
    const isNested = current instanceof LiveSpan && current.sharesTracesOf(this.#recorder)
    return new LiveSpan(this.#recorder, args, isNested ? current.attachment : {}, 'task')
  }

  /** Logs a whole trace of one span; returns its id. */
  log(event: NonNullable<SpanArgs['event']>): string {
    const span = this.startSpan({ event, parent: null })
    span.end()
    return span.id
  }

  /** Judges a span, of any process; returns the feedback id, or an empty string if refused. */
  logFeedback(feedback: Feedback): string {
    return recordFeedback(this.#recorder, feedback, read(feedback, 'id'))
  }

  /**
   * Changes fields of a span that is elsewhere or long over, by its id or by what `span.export()` of an
   * official `braintrust` SDK returned.
   */
  updateSpan(fields: SpanFields & { readonly id: string }): void {
    const identity = readIdentity(read(fields, 'id'))
    if (!identity) {
      this.#recorder.delivery.countRejected()
      this.#recorder.report(
        new HeedError('invalid_item', 'updateSpan needs the id of a logged span.'),
      )
      return
    }
    const draft = new Draft(identity, nowMicros(), undefined)
    const taken = snapshotFields(this.#recorder, fields)
    for (const [name, copied] of taken) draft.add(name, copied)
    if (taken.length > 0) this.#recorder.put(draft)
  }

  /**
   * Resolves when everything logged so far is stored. Rejects with a `HeedError` that names what
   * was lost since the last flush, or how much still waits after `timeoutMs` (default 30 000).
   */
  flush(options?: { readonly timeoutMs?: number }): Promise<void> {
    const flushed = this.#recorder.flush(options)
    // A flush that nobody awaits must not end the process as an unhandled rejection.
    flushed.catch(() => {})
    return flushed
  }

  /** Exact counters since this logger was made. */
  stats(): Stats {
    return this.#recorder.delivery.stats
  }
}

/** Makes a logger and, unless `setCurrent` is false, the current one. Sends nothing yet. */
export function initLogger(options: LoggerOptions): Logger {
  const logger = new Logger(options)
  if (options?.setCurrent !== false) state.logger = logger
  return logger
}
