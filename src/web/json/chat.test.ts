import { expect, test } from 'vitest'
import { readChat, readJsonText } from './chat.ts'

test('a list of chat messages is a conversation, with its tool calls and results read as JSON', () => {
  const chat = readChat([
    { role: 'user', content: 'Book it' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'c1', type: 'function', function: { name: 'book', arguments: '{"seat":1}' } },
      ],
    },
    { role: 'tool', tool_call_id: 'c1', name: 'book', content: '{"ok":true}' },
  ])
  expect(chat?.messages).toEqual([
    { role: 'user', name: null, parts: [{ kind: 'text', text: 'Book it' }] },
    { role: 'assistant', name: null, parts: [{ kind: 'call', name: 'book', args: { seat: 1 } }] },
    { role: 'tool', name: 'book', parts: [{ kind: 'result', name: 'book', value: { ok: true } }] },
  ])
})

test('messages inside a request keep what stood beside them', () => {
  const chat = readChat({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] })
  expect(chat?.rest).toEqual({ model: 'm' })
  expect(chat?.messages).toHaveLength(1)
})

test.each([
  ['a completion', { choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' } }] }],
  ['its choices alone', [{ index: 0, message: { role: 'assistant', content: 'Hi' } }]],
  ['one message', { role: 'assistant', content: 'Hi' }],
  ['content in parts', { role: 'assistant', content: [{ type: 'text', text: 'Hi' }] }],
  [
    'a response',
    {
      object: 'response',
      output: [
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hi' }] },
      ],
    },
  ],
  ['generated content', { contents: [{ role: 'assistant', parts: [{ text: 'Hi' }] }] }],
])('%s is a conversation', (_, value) => {
  expect(readChat(value)?.messages).toEqual([
    { role: 'assistant', name: null, parts: [{ kind: 'text', text: 'Hi' }] },
  ])
})

test('tool use in content parts is a call and a result', () => {
  const chat = readChat([
    { role: 'assistant', content: [{ type: 'tool_use', id: 'x', name: 'find', input: { q: 1 } }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'x', content: 'none' }] },
  ])
  expect(chat?.messages.flatMap((message) => message.parts)).toEqual([
    { kind: 'call', name: 'find', args: { q: 1 } },
    { kind: 'result', name: null, value: 'none' },
  ])
})

test.each([
  ['text', 'hello'],
  ['an empty list', []],
  ['a list with anything else in it', [{ role: 'user', content: 'Hi' }, { id: 7 }]],
  ['an object with a role and no content', { role: 'admin', email: 'a@b.c' }],
  ['an output of something else', { output: [{ role: 'user', content: 'Hi' }] }],
])('%s is not a conversation', (_, value) => {
  expect(readChat(value)).toBeNull()
})

test('text is read as JSON only if it is an object or a list', () => {
  expect(readJsonText('[1]')).toEqual([1])
  expect(readJsonText('42')).toBe('42')
  expect(readJsonText('{not json')).toBe('{not json')
})
