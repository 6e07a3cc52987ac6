/**
 * Traces and user feedback of LLM applications, for Heed. This entry uses web standards only and
 * runs anywhere; on Node, Bun and Deno `node.ts` adds what those runtimes can do.
 */
export {
  currentLogger,
  currentSpan,
  flush,
  logFeedback,
  startSpan,
  traced,
  updateSpan,
} from './current.ts'
export type { Stats } from './delivery.ts'
export { type FlushFailure, HeedError, type HeedErrorCode } from './error.ts'
export { initLogger, Logger } from './logger.ts'
export { NOOP_SPAN } from './noop-span.ts'
export type { LoggerOptions } from './options.ts'
export { withCurrent } from './run-in-span.ts'
export type { Masking } from './snapshot.ts'
export type { Fetch, FetchRequest, FetchResponse } from './transport.ts'
export type {
  Feedback,
  FeedbackFields,
  FeedbackSource,
  HeaderCarrier,
  Parent,
  Scores,
  ScoreValue,
  Span,
  SpanArgs,
  SpanFields,
  SpanType,
} from './types.ts'
export { wrapTraced } from './wrap-traced.ts'
