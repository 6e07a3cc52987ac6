import { state } from './state.ts'
import type { Span } from './types.ts'

/** Calls `callback` with `span` as the current span, for itself and all it starts. */
export const withCurrent = <Result>(span: Span, callback: () => Result): Result =>
  state.context.run(span, callback)

/**
 * Runs `callback` in `span` and ends the span when it is over: at the return, or when the returned
 * promise settles. What is thrown is recorded on the span and thrown on.
 */
export function runInSpan<Result>(span: Span, callback: (span: Span) => Result): Result {
  let result: Result
  try {
    result = withCurrent(span, () => callback(span))
  } catch (thrown) {
    fail(span, thrown)
    throw thrown
  }
  return endAfter(span, result)
}

/** Ends the span when `result` is there; `seen` gets the value that was returned or resolved. */
export function endAfter<Result>(
  span: Span,
  result: Result,
  seen: (value: unknown) => void = () => {},
): Result {
  if (!isThenable(result)) {
    seen(result)
    span.end()
    return result
  }
  const ended = result.then(
    (value) => {
      seen(value)
      span.end()
      return value
    },
    (thrown: unknown) => {
      fail(span, thrown)
      throw thrown
    },
  )
  return ended as Result
}

/** Records what was thrown, and ends the span. */
export function fail(span: Span, thrown: unknown): void {
  span.log({ error: thrown })
  span.end()
}

export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
