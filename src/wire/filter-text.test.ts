import { expect, test } from 'vitest'
import { checkFilter } from './filter-check.ts'
import { FilterError } from './filter-error.ts'
import { parseFilter } from './filter-text.ts'

const tree = (text: string) => parseFilter(text).filter

test('a filter of all kinds of values becomes a tree', () => {
  const text = `scores.correctness < 0.5 AND metadata.model = "gpt-5" and comment ~ "wr\\"ong"
    and (user in ("u1", "u2") or not scores."my score" exists) and created > -7d and duration >= 150ms`
  expect(tree(text)).toEqual({
    and: [
      { field: ['scores', 'correctness'], op: '<', value: 0.5 },
      { field: ['metadata', 'model'], op: '=', value: 'gpt-5' },
      { field: ['comment'], op: '~', value: 'wr"ong' },
      {
        or: [
          { field: ['user'], op: 'in', value: ['u1', 'u2'] },
          { not: { field: ['scores', 'my score'], op: 'exists' } },
        ],
      },
      { field: ['created'], op: '>', value: -604_800 },
      { field: ['duration'], op: '>=', value: 0.15 },
    ],
  })
})

test('not binds closest, then and, then or', () => {
  const leaf = (name: string) => ({ field: [name], op: 'exists' })
  expect(tree('a exists or not b exists and c exists')).toEqual({
    or: [leaf('a'), { and: [{ not: leaf('b') }, leaf('c')] }],
  })
})

test.each([
  ['user = ', 7, /expected a value/],
  ['user = u1', 7, /"text" in double quotes/],
  ["user = 'u1'", 7, /double quotes/],
  ['user = "u1', 7, /no closing quote/],
  ['user "u1"', 5, /one of = != </],
  ['(user exists', 12, /`and`, `or` or `\)`/],
  ['user exists feedback exists', 12, /`and`, `or` or the end/],
  ['a exists && b exists', 9, /write `and`/],
  ['scores. < 1', 7, /a name after the dot/],
  ['and', 0, /a field or `\(`/],
  ['', 0, /a field or `\(`, not the end/],
  ['user in ()', 9, /expected a value/],
  ['user = "\\x"', 7, /as JSON writes it/],
  ['duration > 1e999', 16, /too large/],
  ['('.repeat(40), 16, /too deep/],
  [Array(102).fill('a exists').join(' or '), 1200, /more than 100/],
])('%s is refused with its position', (text, position, message) => {
  const failure = (() => {
    try {
      return parseFilter(text)
    } catch (thrown) {
      return thrown
    }
  })()
  expect(failure).toBeInstanceOf(FilterError)
  expect(failure).toMatchObject({ position, message: expect.stringMatching(message) })
})

test.each([
  ['colour = "red"', /no field colour; there are id, trace_id/],
  ['scores > 1', /scores needs a name/],
  ['user > "a"', /user can be asked with/],
  ['user = 5', /user must be compared with a "text"/],
  ['duration = "long"', /must be compared with a number/],
  ['created > "yesterday"', /a time with its zone/],
  ['created > 2026-01-31T10:00:00', /a time with its zone/],
  ['created > 2026-02-30', /a time with its zone/],
  ['text ~ "…!"', /at least one word/],
  ['feedback = true', /can be asked with exists only/],
  ['metadata.a < "x"', /must be compared with a number/],
])('%s is refused with its reason', (text, message) => {
  const { filter, positions } = parseFilter(text)
  const [problem] = checkFilter('traces', filter)
  expect(problem?.message).toMatch(message)
  expect(problem && positions.get(problem.leaf)).toBe(0)
})
