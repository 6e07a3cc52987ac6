import { checkField } from './check.ts'
import { type Copy, copy } from './copy.ts'
import { callQuietly, HeedError, type Report } from './error.ts'
import { isThenable } from './run-in-span.ts'

/** Gets a plain copy of a field's value and returns, not as a promise, what may leave the process. */
export type Masking = (value: unknown) => unknown

/** A field's value as it is now, masked and checked; its value is undefined if nothing is left. */
export type Snapshot = (field: string, value: unknown) => Copy

const MASKED: ReadonlySet<string> = new Set([
  'input',
  'output',
  'expected',
  'error',
  'metadata',
  'comment',
])

const MASK_FAILED = '[Masking failed]'

/** Never throws. Whatever is left out or replaced is told to `report`, by the name of the field. */
export function snapshotWith(report: Report, masking: Masking | undefined): Snapshot {
  const mask = (field: string, value: unknown): unknown => {
    try {
      const masked = masking?.(value)
      if (!isThenable(masked)) return masked
      callQuietly(() => masked)
      throw new TypeError('it returned a promise')
    } catch (cause) {
      const message = `The masking function failed at ${field}; a fixed text was sent instead.`
      report(new HeedError('masking_failed', message, { cause }))
      return field === 'metadata' ? { masking: MASK_FAILED } : MASK_FAILED
    }
  }

  return (field, given) => {
    let { value, size } = copy(given)
    if (masking && value !== undefined && MASKED.has(field)) {
      ;({ value, size } = copy(mask(field, value)))
    }
    const kept = checkField(field, value, (sentence) => {
      report(new HeedError('invalid_field', `${sentence}. It was left out.`))
    })
    return { value: kept, size }
  }
}
