import type { Json } from '../wire/common.ts'

/** The longest preview, in UTF-16 code units. */
const PREVIEW_MAX = 300

/**
 * One line that tells a person what a value is about: the text itself, the last message of a chat,
 * the only text of an object; else its JSON.
 */
export function preview(value: Json | undefined): string {
  if (value === undefined || value === null) return ''
  const text = telling(value) ?? JSON.stringify(value).slice(0, 4 * PREVIEW_MAX)
  const line = text
    .slice(0, 4 * PREVIEW_MAX)
    .replace(/\s{2,}|[^\S ]/g, ' ')
    .trim()
  return clip(line, PREVIEW_MAX)
}

/** At most `max` code units, without half a character at the end. */
export const clip = (text: string, max: number): string =>
  (text.length > max ? text.slice(0, max) : text).toWellFormed()

/** Keys that hold the text of a message, a question or an answer, the most telling first. */
const TELLING = ['content', 'text', 'messages', 'question', 'query', 'prompt', 'answer', 'output']

function telling(value: Json, depth = 0): string | undefined {
  if (typeof value === 'string') return value || undefined
  if (depth > 4 || typeof value !== 'object' || value === null) return undefined
  if (Array.isArray(value)) {
    // Of a chat, the last message that says something: the one in front is the same every time.
    for (const item of value.slice(-5).reverse()) {
      if (typeof item !== 'object') return undefined
      const text = telling(item, depth + 1)
      if (text) return text
    }
    return undefined
  }
  for (const key of TELLING) {
    const text = Object.hasOwn(value, key) ? telling(value[key] ?? null, depth + 1) : undefined
    if (text) return text
  }
  const values = Object.values(value)
  return values.length === 1 && typeof values[0] === 'string' ? values[0] : undefined
}
