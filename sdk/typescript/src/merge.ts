import { copy, set } from './copy.ts'

/** A JSON object of foreign keys. */
export type Keys = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is Keys =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Deep merge: an object into an object goes key by key; anything else, arrays and null included,
 * replaces what was there.
 */
export function mergeValues(base: unknown, change: unknown): unknown {
  if (!isObject(base) || !isObject(change)) return change
  const merged = { ...base }
  for (const key of Object.keys(change)) {
    const value = change[key]
    set(merged, key, Object.hasOwn(base, key) ? mergeValues(base[key], value) : value)
  }
  return merged
}

/** A field after it was logged again: tags unite, all else merges. */
export function mergeField(field: string, base: unknown, change: unknown): unknown {
  if (field === 'tags' && Array.isArray(base) && Array.isArray(change)) {
    return [...new Set([...base, ...change])]
  }
  return mergeValues(base, change)
}

/** By how much a merged field is shorter than both its parts, in UTF-16 code units of JSON text. */
export function sizeGone(field: string, base: unknown, change: unknown): number {
  if (field === 'tags' && Array.isArray(base) && Array.isArray(change)) {
    return copy(base).size + copy(change).size - copy(mergeField(field, base, change)).size
  }
  return sizeReplaced(base, change)
}

function sizeReplaced(base: unknown, change: unknown): number {
  if (!isObject(base) || !isObject(change)) return copy(base).size
  let replaced = 2
  for (const key of Object.keys(change)) {
    if (Object.hasOwn(base, key)) {
      replaced += key.length + 4 + sizeReplaced(base[key], change[key])
    }
  }
  return replaced
}
