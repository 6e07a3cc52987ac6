import type { Json } from '../../src/wire/common.ts'

/** What a change says about a row, and how: the part of a row that the model writes. */
export interface Patch {
  readonly input?: Json
  readonly output?: Json
  readonly tags?: string[] | null
  readonly metadata?: { [key: string]: Json }
  readonly metrics?: { [key: string]: Json }
  readonly scores?: { [key: string]: Json }
  /** `_merge_paths`, with dots: `metadata.a`. */
  readonly replace?: readonly string[]
  /** `_array_delete`, with dots. */
  readonly remove?: readonly { readonly path: string; readonly values: readonly Json[] }[]
}

export type Row = { [key: string]: Json }

/** What a row is after a change, by the rules of docs/merge-rules.md, the slow and plain way. */
export function merged(row: Row, { replace = [], remove = [], ...said }: Patch): Row {
  const result = structuredClone(row)
  for (const [key, value] of Object.entries(structuredClone(said))) {
    result[key] = into(result[key], value, key, replace)
  }
  for (const { path, values } of remove) {
    const names = path.split('.')
    const last = names.pop() ?? ''
    let at: Json | undefined = result
    for (const name of names) at = isObject(at) ? at[name] : undefined
    const list = isObject(at) ? at[last] : undefined
    if (!isObject(at) || !Array.isArray(list)) continue
    const gone = values.map((value) => JSON.stringify(value))
    at[last] = list.filter((item) => !gone.includes(JSON.stringify(item)))
  }
  return result
}

function into(before: Json | undefined, after: Json, path: string, replace: readonly string[]) {
  if (path === 'tags' && Array.isArray(after)) {
    const kept = Array.isArray(before) && !replace.includes('tags') ? before : []
    return [...kept, ...after].filter((tag, i, all) => all.indexOf(tag) === i)
  }
  if (replace.includes(path) || !isObject(before) || !isObject(after)) return after
  for (const [key, value] of Object.entries(after)) {
    before[key] = into(before[key], value, `${path}.${key}`, replace)
  }
  return before
}

const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
