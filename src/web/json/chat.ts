import type { Json } from '../../wire/common.ts'

type JsonObject = { [key: string]: Json }

export type Part =
  | { kind: 'text'; text: string }
  | { kind: 'call'; name: string; args: Json }
  | { kind: 'result'; name: string | null; value: Json }
  | { kind: 'other'; value: Json }

export interface Message {
  role: string
  name: string | null
  parts: Part[]
}

export interface Chat {
  messages: Message[]
  /** What stood beside the messages, such as `model` or `usage`. */
  rest: JsonObject | null
}

/**
 * The conversation in a value, or null if it is none. Known are lists of messages and single ones as
 * chat completions, responses, messages and generate-content APIs and the common SDKs write them, the
 * same under `messages` or `contents`, and the answers `{choices}`, `[{message}]`, `{output}`. A list
 * with one entry that is not understood is no conversation: nothing may be left out of the picture.
 */
export function readChat(value: Json): Chat | null {
  if (Array.isArray(value)) return asChat(value, null)
  if (!isObject(value)) return null
  for (const key of ['messages', 'contents', 'choices', 'output']) {
    const list = value[key]
    if (!Array.isArray(list) || (key === 'output' && value.object !== 'response')) continue
    const { [key]: _, ...rest } = value
    return asChat(list, Object.keys(rest).length > 0 ? rest : null)
  }
  return asChat([value], null)
}

function asChat(list: Json[], rest: JsonObject | null): Chat | null {
  if (list.length === 0) return null
  const messages: Message[] = []
  for (const item of list) {
    const message = readMessage(item)
    if (!message) return null
    messages.push(message)
  }
  return { messages, rest }
}

function readMessage(item: Json): Message | null {
  if (!isObject(item)) return null
  if (isObject(item.message)) return readMessage(item.message) // a choice of a completion
  const callId = text(item.call_id)
  if (item.type === 'function_call' && typeof item.name === 'string') {
    return { role: 'assistant', name: null, parts: [call(item.name, item.arguments)] }
  }
  if (item.type === 'function_call_output') {
    return { role: 'tool', name: callId, parts: [result(null, item.output)] }
  }
  if (item.type === 'reasoning') {
    return { role: 'reasoning', name: null, parts: readContent(item.summary ?? item.content) }
  }
  const content = item.content ?? item.parts
  const calls = readCalls(item.tool_calls ?? item.function_call)
  if (typeof item.role !== 'string' || (content === undefined && calls.length === 0)) return null
  const isTool = item.role === 'tool' || item.role === 'function'
  const name = text(item.name)
  const parts =
    isTool && typeof content === 'string' ? [result(name, content)] : readContent(content)
  return { role: item.role, name, parts: [...parts, ...calls] }
}

function readContent(content: Json | undefined): Part[] {
  if (content === undefined || content === null || content === '') return []
  if (typeof content === 'string') return [{ kind: 'text', text: content }]
  return Array.isArray(content) ? content.map(readPart) : [{ kind: 'other', value: content }]
}

function readPart(part: Json): Part {
  if (typeof part === 'string') return { kind: 'text', text: part }
  if (!isObject(part)) return { kind: 'other', value: part }
  if (typeof part.text === 'string') return { kind: 'text', text: part.text }
  const name = text(part.name) ?? text(part.toolName)
  switch (part.type) {
    case 'tool_use':
    case 'tool-call':
      return call(name ?? 'tool', part.input ?? part.args)
    case 'tool_result':
    case 'tool-result':
      return result(name, part.content ?? part.output ?? part.result)
  }
  if (isObject(part.functionCall)) {
    return call(text(part.functionCall.name) ?? 'tool', part.functionCall.args)
  }
  if (isObject(part.functionResponse)) {
    return result(text(part.functionResponse.name), part.functionResponse.response)
  }
  return { kind: 'other', value: part }
}

function readCalls(calls: Json | undefined): Part[] {
  if (calls === undefined || calls === null) return []
  return (Array.isArray(calls) ? calls : [calls]).map((item) => {
    const inner = isObject(item) && isObject(item.function) ? item.function : item
    const name = isObject(inner) ? (text(inner.name) ?? text(inner.toolName)) : null
    return isObject(inner) && name !== null
      ? call(name, inner.arguments ?? inner.args)
      : { kind: 'other', value: item }
  })
}

const call = (name: string, args: Json | undefined): Part => ({
  kind: 'call',
  name,
  args: readJsonText(args ?? null),
})

const result = (name: string | null, value: Json | undefined): Part => ({
  kind: 'result',
  name,
  value: readJsonText(value ?? null),
})

/** Tools answer, and models call, with JSON in strings: read it if it is an object or a list. */
export function readJsonText(value: Json): Json {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

const text = (value: Json | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : null

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
