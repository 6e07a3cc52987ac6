import { HeedError, messageOf, type Report } from './error.ts'
import type { SpanArgs } from './types.ts'

/** One property of what a program gave; undefined if there is none, or if its getter throws. */
export function read<Given extends object, Key extends keyof Given>(
  given: Given | null | undefined,
  key: Key,
): Given[Key] | undefined {
  try {
    return given?.[key]
  } catch {
    return undefined
  }
}

/** Undefined for anything that is no text, and for the empty one. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** The arguments of a span, read once. If a getter throws, that is told and none of them is used. */
export function readArgs(given: SpanArgs | null | undefined, report: Report): SpanArgs {
  try {
    const { name, type, event, parent, startTime, spanAttributes } = given ?? {}
    const header =
      typeof parent === 'object' && parent ? { traceparent: parent.traceparent } : parent
    return { name, type, event, parent: header, startTime, spanAttributes }
  } catch (thrown) {
    const sentence = `The arguments of a span could not be read: ${messageOf(thrown)}.`
    report(new HeedError('invalid_field', sentence))
    return {}
  }
}

/** The arguments of a span around `callback`, which is called as it is if they say nothing else. */
export function argsAround(
  callback: { readonly name: string },
  given: SpanArgs | null | undefined,
  defaults?: SpanArgs,
): SpanArgs | undefined {
  try {
    const name = given?.name ?? (callback.name || defaults?.name)
    return { ...defaults, ...given, name }
  } catch {
    // Opening the span tells what is wrong.
    return given ?? undefined
  }
}
