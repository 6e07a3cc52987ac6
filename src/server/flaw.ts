/** How deep JSON may nest: what comes out again is walked by recursion, here and in the browser. */
const DEPTH_MAX = 100

/** How many keys one object may have: it is merged, flattened and shown key by key. */
const KEYS_MAX = 10_000

/** A path of more names helps nobody: the first one is told. */
const NAMES_MAX = 10

/** Why a value cannot be stored faithfully, and where: the names on the way, the last one first. */
interface Flaw {
  readonly names: (string | number)[]
  readonly message: string
}

/**
 * The first flaw of an item, in one walk: nesting, keys, numbers such as `1e400`, which JSON can say
 * and no number can hold. `brokenMark` is what stands in texts where bytes were not UTF-8.
 */
export function flawOf(
  item: unknown,
  brokenMark?: string,
): { readonly field: string; readonly message: string } | null {
  const flaw = walk(item, DEPTH_MAX, brokenMark)
  if (!flaw) return null
  const names = flaw.names.reverse()
  const path = names.slice(0, names.length > NAMES_MAX ? 1 : NAMES_MAX).join('.')
  const field = brokenMark === undefined ? path : path.replaceAll(brokenMark, '\ufffd')
  return { field: field.slice(0, 200).toWellFormed(), message: flaw.message }
}

function walk(value: unknown, left: number, brokenMark: string | undefined): Flaw | null {
  if (typeof value === 'number') {
    return Number.isFinite(value) ? null : { names: [], message: 'is too large for a number' }
  }
  if (typeof value === 'string') {
    if (brokenMark === undefined || !value.includes(brokenMark)) return null
    return { names: [], message: 'is not UTF-8' }
  }
  if (typeof value !== 'object' || value === null) return null
  if (left === 0) return { names: [], message: `must not nest deeper than ${DEPTH_MAX}` }
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const flaw = walk(value[i], left - 1, brokenMark)
      if (flaw) return named(flaw, i)
    }
    return null
  }
  let keys = 0
  for (const key in value) {
    keys += 1
    if (keys > KEYS_MAX) return { names: [], message: `must not have more than ${KEYS_MAX} keys` }
    const flaw =
      walk((value as Record<string, unknown>)[key], left - 1, brokenMark) ??
      (brokenMark === undefined ? null : walk(key, left, brokenMark))
    if (flaw) return named(flaw, key)
  }
  return null
}

function named(flaw: Flaw, name: string | number): Flaw {
  flaw.names.push(name)
  return flaw
}
