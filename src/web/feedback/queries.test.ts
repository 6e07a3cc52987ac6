import { expect, test } from 'vitest'
import { feedbackGapMs } from './queries.ts'

const NOTHING = { traces: [], feedback: [], experiments: [], datasets: [], projects: false }
const VOTED = { ...NOTHING, traces: ['t'], feedback: ['f'] }
const SPANS = { ...NOTHING, traces: ['t'] }

test('a vote is shown soonest, and spans sooner where something waits for one', () => {
  const [waits, rests] = [feedbackGapMs(true), feedbackGapMs(false)]
  expect(waits(VOTED)).toBe(rests(VOTED))
  expect(waits(VOTED)).toBeLessThan(Number(waits(SPANS)))
  expect(waits(SPANS)).toBeLessThan(Number(rests(SPANS)))
})

test('what is neither vote nor span changes no feedback', () => {
  const change = { ...NOTHING, experiments: ['e'], datasets: ['d'] }
  expect([feedbackGapMs(true)(change), feedbackGapMs(false)(change)]).toEqual([null, null])
})
