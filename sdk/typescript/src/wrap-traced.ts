import { argsAround } from './args.ts'
import { copy } from './copy.ts'
import { startSpan } from './current.ts'
import { NOOP_SPAN } from './noop-span.ts'
import { endAfter, fail, withCurrent } from './run-in-span.ts'
import type { Span, SpanArgs } from './types.ts'

/** How many values of a generator are kept as its output. */
const YIELDS_MAX = 1000

/**
 * The same function, each call in a span with its arguments as input and its result as output.
 * Works for functions, async functions, generators and async generators; `this` is kept.
 */
export function wrapTraced<This, Args extends unknown[], Result>(
  fn: (this: This, ...args: Args) => Result,
  args?: SpanArgs,
): (this: This, ...args: Args) => Result {
  const spanArgs = argsAround(fn, args, { type: 'function', name: 'function' })
  const wrapped = function (this: This, ...input: Args): Result {
    const span = startSpan(spanArgs)
    span.log({ input })
    return runUntilOver(span, () => fn.apply(this, input))
  }
  return Object.defineProperty(wrapped, 'name', { value: fn.name, configurable: true })
}

/** A generator lives on after it is returned: its span ends with it, not with the call. */
function runUntilOver<Result>(span: Span, call: () => Result): Result {
  let result: Result
  try {
    result = withCurrent(span, call)
  } catch (thrown) {
    fail(span, thrown)
    throw thrown
  }
  if (isGenerator(result) && span !== NOOP_SPAN) return followGenerator(span, result) as Result
  return endAfter(span, result, (output) => span.log({ output }))
}

type AnyGenerator = Generator<unknown> | AsyncGenerator<unknown>
type Step = IteratorResult<unknown>

function isGenerator(value: unknown): value is AnyGenerator {
  const tag = Object.prototype.toString.call(value)
  return tag === '[object Generator]' || tag === '[object AsyncGenerator]'
}

/** Each step of the generator runs in the span; the last one ends it. */
function followGenerator(span: Span, generator: AnyGenerator): AnyGenerator {
  const output: unknown[] = []
  /** A generator can be asked for more after its end; that says nothing about it. */
  let isOver = false
  const seen = (step: Step): Step => {
    if (isOver) return step
    if (!step.done && output.length < YIELDS_MAX) output.push(copy(step.value).value)
    if (step.done) {
      isOver = true
      span.log({
        output: step.value === undefined ? output : { yielded: output, returned: step.value },
      })
      span.end()
    }
    return step
  }
  const failed = (thrown: unknown): never => {
    if (!isOver) {
      isOver = true
      span.log({ output })
      fail(span, thrown)
    }
    throw thrown
  }
  const follow =
    (method: 'next' | 'return' | 'throw') =>
    (...sent: [unknown?]) => {
      try {
        const step = withCurrent(span, () =>
          (generator[method] as (...sent: unknown[]) => Step | Promise<Step>)(...sent),
        )
        return step instanceof Promise ? step.then(seen, failed) : seen(step)
      } catch (thrown) {
        return failed(thrown)
      }
    }
  const steps = { next: follow('next'), return: follow('return'), throw: follow('throw') }
  // Inheriting from the generator keeps its iterator, its tag and its disposal.
  return Object.assign(Object.create(generator), steps)
}
