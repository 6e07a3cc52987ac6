import { expect, test } from 'vitest'
import { filterProblem } from './filter-problem.ts'

test('a good filter, none, and a tree as JSON have no problem', () => {
  for (const text of ['', '  ', 'scores.helpful < 0.5 and comment ~ "wrong"', '{"and": []}']) {
    expect(filterProblem(text)).toBeNull()
  }
})

test('a mistake is told with its place: in the words, and in what they mean', () => {
  expect(filterProblem('name = "chat" and')).toMatchObject({ position: 17 })
  expect(filterProblem('name = "chat" and nme = "x"')).toMatchObject({ position: 18 })
  expect(filterProblem('duration > "long"')).toMatchObject({
    position: 0,
    message: 'duration must be compared with a number',
  })
})
