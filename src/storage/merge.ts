import type { Json } from '../wire/common.ts'

/** A row of the wire, as its JSON was: any keys, own ones only. */
export type RowJson = { readonly [key: string]: Json }

/** What the first write of a row decides for good. */
const KEPT = new Set(['created', 'span_id', 'root_span_id', 'span_parents', '_parent_id'])

/** What tells how to write and is no part of the row. */
const CONTROL = new Set(['_is_merge', '_merge_paths', '_array_delete', '_object_delete'])

type Path = readonly string[]

const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An own property; `constructor` and `__proto__` are names like any other. */
const own = (object: RowJson, key: string): Json | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined

/** Builds by definition, never by assignment, so that no key can reach a prototype. */
const withKeys = (object: RowJson, changed: Map<string, Json>): { [key: string]: Json } =>
  Object.fromEntries([...new Map(Object.entries(object)), ...changed])

/** The row of a write: without the keys that only said how to write it. */
export function plainRow(row: RowJson): RowJson {
  if (!Object.keys(row).some((key) => key === 'tags' || CONTROL.has(key))) return row
  const kept = Object.entries(row).filter(([key]) => !CONTROL.has(key))
  return Object.fromEntries(kept.map(([key, v]) => [key, key === 'tags' ? unite([], v) : v]))
}

/**
 * Applies one merge row (`_is_merge: true`) to a row. Objects merge key by key; everything else
 * overwrites, null and arrays too. `tags` unite as a set, in order. `_merge_paths` name where the
 * value is replaced instead, `_array_delete` removes values from arrays. The first `created` and
 * span ids stay. Source: the public Braintrust API description, as in docs/merge-rules.md.
 */
export function mergeRow(base: RowJson, patch: RowJson): RowJson {
  const replaced = paths(patch._merge_paths)
  const changed = new Map<string, Json>()
  for (const [key, value] of Object.entries(plainRow(patch))) {
    const before = own(base, key)
    if (KEPT.has(key) && before !== undefined && before !== null) continue
    const below = replaced.filter((path) => path[0] === key).map((path) => path.slice(1))
    const isReplaced = below.some((path) => path.length === 0)
    if (key === 'tags' && !isReplaced) changed.set(key, unite(before, value))
    else changed.set(key, isReplaced ? value : deepMerge(before, value, below))
  }
  return deleteFromArrays(withKeys(base, changed), patch._array_delete)
}

function deepMerge(before: Json | undefined, after: Json, replaced: readonly Path[]): Json {
  if (!isObject(before) || !isObject(after)) return after
  const changed = new Map<string, Json>()
  for (const [key, value] of Object.entries(after)) {
    const below = replaced.filter((path) => path[0] === key).map((path) => path.slice(1))
    const isReplaced = below.some((path) => path.length === 0)
    changed.set(key, isReplaced ? value : deepMerge(own(before, key), value, below))
  }
  return withKeys(before, changed)
}

/** Arrays become one set in order of appearance; anything else overwrites. */
function unite(before: Json | undefined, after: Json): Json {
  if (!Array.isArray(after)) return after
  return [...new Set([...(Array.isArray(before) ? before : []), ...after])]
}

function deleteFromArrays(row: RowJson, deletions: Json | undefined): RowJson {
  if (!Array.isArray(deletions)) return row
  let result: Json = { ...row }
  for (const deletion of deletions) {
    if (!isObject(deletion) || !Array.isArray(deletion.delete)) continue
    const [path] = paths([deletion.path ?? null])
    if (path) result = deleteAt(result, path, new Set(deletion.delete.map(canonical)))
  }
  return isObject(result) ? result : row
}

function deleteAt(value: Json, path: Path, deleted: ReadonlySet<string>): Json {
  const [key, ...rest] = path
  if (key === undefined) {
    return Array.isArray(value) ? value.filter((item) => !deleted.has(canonical(item))) : value
  }
  const child = isObject(value) ? own(value, key) : undefined
  if (!isObject(value) || child === undefined) return value
  return withKeys(value, new Map([[key, deleteAt(child, rest, deleted)]]))
}

/** Text that is equal when two JSON values are, whatever the order of their keys. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (!isObject(value)) return JSON.stringify(value)
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(own(value, key) ?? null)}`).join()}}`
}

function paths(value: Json | undefined): Path[] {
  if (!Array.isArray(value)) return []
  return value.filter((path): path is string[] => Array.isArray(path))
}
