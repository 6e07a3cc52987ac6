import { argsAround } from './args.ts'
import type { Logger } from './logger.ts'
import { NOOP_SPAN } from './noop-span.ts'
import { runInSpan } from './run-in-span.ts'
import { state } from './state.ts'
import type { Feedback, Span, SpanArgs, SpanFields } from './types.ts'

/** The logger of the last `initLogger`; undefined before. */
export const currentLogger = (): Logger | undefined => state.logger

/** The span this code runs in; one that records nothing, with an empty id, if there is none. */
export const currentSpan = (): Span => state.context.getStore() ?? NOOP_SPAN

/** Opens a span under `parent`, else under the current span, else as a root. The caller ends it. */
export function startSpan(args?: SpanArgs): Span {
  const current = currentSpan()
  return current === NOOP_SPAN
    ? (state.logger?.startSpan(args) ?? NOOP_SPAN)
    : current.startSpan(args)
}

/** Runs `callback` in a span and ends it; see `Logger.traced`. Without a logger it just runs. */
export function traced<Result>(callback: (span: Span) => Result, args?: SpanArgs): Result {
  return runInSpan(startSpan(argsAround(callback, args)), callback)
}

/** Judges a span by its id with the current logger; an empty string if there is none. */
export const logFeedback = (feedback: Feedback): string => state.logger?.logFeedback(feedback) ?? ''

/** Changes fields of a span by its id, with the current logger. */
export const updateSpan = (fields: SpanFields & { readonly id: string }): void =>
  state.logger?.updateSpan(fields)

/** Flushes the current logger; see `Logger.flush`. */
export const flush = (options?: { readonly timeoutMs?: number }): Promise<void> =>
  state.logger?.flush(options) ?? Promise.resolve()
