import { expect, test } from 'vitest'
import { readAnswer } from './answer.ts'

const answer = (status: number, body: unknown = '', retryAfter: string | null = null) =>
  readAnswer({ status, retryAfter, text: JSON.stringify(body) })

const explained = { error: { code: 'invalid_request', message: 'no' } }

test.each([
  [200, { rejected: [] }, 'stored'],
  [200, '<html>', 'retry'],
  [400, explained, 'split'],
  [400, 'The plain HTTP request was sent to HTTPS port', 'refused'],
  [401, explained, 'refused'],
  [403, explained, 'refused'],
  [404, '', 'refused'],
  [408, '', 'retry'],
  [413, '', 'split'],
  [429, explained, 'retry'],
  [500, '', 'retry'],
  [503, null, 'retry'],
])('%i with %j means %s', (status, body, kind) => {
  expect(answer(status, body).kind).toBe(kind)
})

test('Retry-After is read in seconds and as a date, and is bounded', () => {
  const in2s = new Date(Date.now() + 2500).toUTCString()
  expect(answer(503, '', '3')).toMatchObject({ afterMs: 3000 })
  expect(answer(503, '', in2s)).toMatchObject({ afterMs: expect.toSatisfy((ms) => ms > 500) })
  expect(answer(503, '', '999999')).toMatchObject({ afterMs: 300_000 })
  expect(answer(503, '', 'soon')).not.toHaveProperty('afterMs')
})
