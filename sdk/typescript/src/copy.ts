import { messageOf } from './error.ts'

/** Deeper values are cut: no reader wants them, and the server bounds the depth of a body. */
const DEPTH_MAX = 64

/** Values in one field; a graph of shared references could otherwise unfold without end. */
const VALUES_MAX = 250_000

/** A value as it was when it was logged: plain data that JSON can hold, shared with nobody. */
export interface Copy {
  readonly value: unknown
  /** About the length of its JSON text, in UTF-16 code units. */
  readonly size: number
}

interface Walk {
  /** Values that may still be read; below 0 once one was cut. */
  left: number
  size: number
  readonly ancestors: object[]
}

/**
 * Copies any value. Never throws: what JSON cannot hold becomes readable text. Strings are shared,
 * since they cannot change, so a copy costs far less than the JSON text, which is made when sending.
 */
export function copy(value: unknown): Copy {
  const walk: Walk = { left: VALUES_MAX, size: 0, ancestors: [] }
  try {
    return { value: visit(walk, value), size: walk.size }
  } catch (thrown) {
    return { value: told(walk, unserialisable(thrown)), size: walk.size }
  }
}

function visit(walk: Walk, value: unknown): unknown {
  if (walk.left-- <= 0) return told(walk, '[Too large]')
  switch (typeof value) {
    case 'string':
      walk.size += value.length + 3
      return value
    case 'object':
      if (value !== null) return visitObject(walk, value)
      walk.size += 5
      return null
    case 'bigint':
    case 'symbol':
      return told(walk, String(value))
    case 'function':
      return told(walk, `[Function ${String(value.name) || 'anonymous'}]`)
    default:
      walk.size += 8
      return value
  }
}

/** A text that is made here takes as much room as one that was given. */
function told(walk: Walk, text: string): string {
  walk.size += text.length + 3
  return text
}

function visitObject(walk: Walk, object: object): unknown {
  const { ancestors } = walk
  if (ancestors.includes(object)) return told(walk, '[Circular]')
  if (ancestors.length >= DEPTH_MAX) return told(walk, '[Too deep]')
  ancestors.push(object)
  try {
    walk.size += 2
    if (Array.isArray(object)) return items(walk, object)
    const prototype = Object.getPrototypeOf(object)
    const isPlain = prototype === Object.prototype || prototype === null
    return isPlain && !('toJSON' in object)
      ? fields(walk, object, Object.keys(object))
      : visitInstance(walk, object)
  } catch (thrown) {
    return told(walk, unserialisable(thrown))
  } finally {
    ancestors.pop()
  }
}

function visitInstance(walk: Walk, object: object): unknown {
  const text = describe(object)
  if (text !== undefined) return text && told(walk, text)
  if (object instanceof Map) return mapped(walk, object)
  if (object instanceof Set) return items(walk, [...object])
  if (isError(object)) {
    const own = Object.keys(object).filter((key) => key !== 'name')
    const keys = ['name', 'message', 'stack', ...('cause' in object ? ['cause'] : []), ...own]
    return fields(walk, object, [...new Set(keys)])
  }
  if ('toJSON' in object && typeof object.toJSON === 'function') {
    return visit(walk, object.toJSON(''))
  }
  return fields(walk, object, Object.keys(object))
}

function items(walk: Walk, array: readonly unknown[]): unknown[] {
  const copied: unknown[] = []
  for (let at = 0; at < array.length; at++) {
    if (walk.left < 0) break
    copied.push(property(walk, array, at) ?? null)
  }
  return copied
}

function fields(walk: Walk, object: object, keys: readonly string[]): object {
  const copied = {}
  for (const key of keys) {
    if (walk.left < 0) break
    const value = property(walk, object as Record<string, unknown>, key)
    if (value === undefined) continue
    walk.size += key.length + 4
    set(copied, key, value)
  }
  return copied
}

function mapped(walk: Walk, map: ReadonlyMap<unknown, unknown>): object {
  const copied = {}
  for (const [key, value] of map) {
    if (walk.left < 0) break
    const copiedValue = visit(walk, value)
    if (copiedValue === undefined) continue
    const name = String(key)
    walk.size += name.length + 4
    set(copied, name, copiedValue)
  }
  return copied
}

/** One property; a getter that throws costs that property only. */
function property<Key extends PropertyKey>(
  walk: Walk,
  object: { readonly [key in Key]: unknown },
  key: Key,
): unknown {
  try {
    return visit(walk, object[key])
  } catch (thrown) {
    return told(walk, unserialisable(thrown))
  }
}

/** Sets a property of a foreign name: `__proto__` is data like any other. */
export function set(object: object, key: string, value: unknown): void {
  if (key !== '__proto__') (object as Record<string, unknown>)[key] = value
  else {
    const own = { value, enumerable: true, configurable: true, writable: true }
    Object.defineProperty(object, key, own)
  }
}

/** Bytes and the like, told in a few words; undefined for everything else. */
function describe(object: object): string | null | undefined {
  if (ArrayBuffer.isView(object)) return `[${object.constructor.name}, ${object.byteLength} bytes]`
  if (object instanceof ArrayBuffer) return `[ArrayBuffer, ${object.byteLength} bytes]`
  if (object instanceof Date) return Number.isNaN(object.getTime()) ? null : object.toISOString()
  if (object instanceof RegExp) return String(object)
  if (object instanceof Promise) return '[Promise]'
  if (typeof Blob !== 'undefined' && object instanceof Blob) return `[Blob, ${object.size} bytes]`
  return undefined
}

/** Also true for an error of another realm, which `instanceof` does not know. */
const isError = (object: object): boolean =>
  object instanceof Error || Object.prototype.toString.call(object) === '[object Error]'

/** Stands for a value that threw when it was read. */
export const unserialisable = (thrown: unknown): string => `[Unserialisable: ${messageOf(thrown)}]`

/**
 * The JSON text of copied values. Half characters become U+FFFD: they are not text, and no database
 * keeps them. JSON.stringify writes a lone surrogate as an escape and a pair as it is, so every such
 * escape is a lone one.
 */
export function toJson(copied: object): string {
  const json = JSON.stringify(copied)
  if (!json.includes('\\ud')) return json
  return json.replace(/\\(?:(ud[89a-f][0-9a-f]{2})|.)/g, (written, lone) =>
    lone ? '\\ufffd' : written,
  )
}
