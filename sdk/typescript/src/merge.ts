import { set } from './copy.ts'

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
