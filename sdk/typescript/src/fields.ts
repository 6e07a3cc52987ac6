import { type Copy, unserialisable } from './copy.ts'
import { errorText, HeedError } from './error.ts'
import type { Recorder } from './recorder.ts'
import type { SpanFields } from './types.ts'

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

/** A field of a row, as it was when it was logged. */
export type Field = readonly [name: string, copy: Copy]

/** What one `log` call adds to a row. What cannot be sent is left out and told. */
export function snapshotFields(recorder: Recorder, fields: SpanFields): Field[] {
  const taken: Field[] = []
  const names = namesOf(fields)
  if (!names) {
    recorder.report(new HeedError('invalid_field', 'log takes an object of fields.'))
    return taken
  }
  for (const field of names) {
    if (RESERVED.has(field) || field.startsWith('_')) {
      if (field === 'id') continue
      recorder.report(new HeedError('invalid_field', `${field} is set by Heed. It was left out.`))
      continue
    }
    const copied = recorder.snapshot(field, fieldOf(fields, field))
    if (copied.value !== undefined) taken.push([field, copied])
  }
  return taken
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
