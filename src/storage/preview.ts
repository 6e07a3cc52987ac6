import type { Json } from '../wire/common.ts'

/** The longest preview, in UTF-16 code units. */
const PREVIEW_MAX = 300

/**
 * One line that tells a person what a value is about: the text itself, the last message of a chat,
 * the only text of an object; else its JSON.
 */
export function preview(value: Json | undefined): string {
  if (value === undefined || value === null) return ''
  const text = telling(value) ?? json(value, 4 * PREVIEW_MAX)
  const begin = text.slice(0, PREVIEW_MAX)
  // Most texts are one line already; to fill one from others takes more of them.
  const line = isLine(begin) ? begin : text.slice(0, 4 * PREVIEW_MAX).replace(/\s{2,}|[^\S ]/g, ' ')
  return clip(line.trimStart(), PREVIEW_MAX).trimEnd()
}

/** The same of an error. */
export const errorPreview = (value: Json | undefined): string =>
  preview(typeof value === 'string' ? raised(value) : value)

const TRACEBACK = 'Traceback (most recent call last):'

/**
 * What was raised, of a traceback of Python, which says it last: behind the frames, which are indented. Of
 * several, raised while another was handled, the last.
 */
function raised(error: string): string {
  if (!error.startsWith(TRACEBACK)) return error
  const frames = error.slice(error.lastIndexOf(TRACEBACK))
  const at = frames.search(/\n\S/)
  return at < 0 ? error : frames.slice(at + 1)
}

/** Whether a text is one line of words with single spaces; of letters beyond ASCII it is not sure. */
function isLine(text: string): boolean {
  let before = SPACE
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < SPACE || code > 126 || (code === SPACE && before === SPACE)) return false
    before = code
  }
  return true
}

const SPACE = 32

/** The JSON of a value, at least its first `left` characters: a long one is not written whole. */
function json(value: Json, left: number): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, left))
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const isList = Array.isArray(value)
  let text = isList ? '[' : '{'
  for (const key in value) {
    if (text.length > left) return text
    if (text.length > 1) text += ','
    if (!isList) text += `${JSON.stringify(key)}:`
    text += json((value as { [key: string]: Json })[key] ?? null, left - text.length)
  }
  return text + (isList ? ']' : '}')
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
