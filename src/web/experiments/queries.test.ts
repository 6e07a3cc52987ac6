import { expect, test } from 'vitest'
import type { Change } from '../../wire/live.ts'
import { experimentGapMs } from './queries.ts'

const changed = (...experiments: string[]): Change => ({
  traces: [],
  feedback: [],
  experiments,
  datasets: [],
  projects: false,
})

test('an experiment is read again when it or its base changed, and for no other', () => {
  const gapMs = experimentGapMs('own', 'base')
  expect(gapMs(changed('own'))).not.toBeNull()
  expect(gapMs(changed('other', 'base'))).not.toBeNull()
  expect(gapMs(changed('other'))).toBeNull()
  expect(gapMs(changed())).toBeNull()
  expect(experimentGapMs('own', undefined)(changed('base'))).toBeNull()
})

test('until an experiment is there, any may be the one', () => {
  expect(experimentGapMs(undefined, undefined)(changed('other'))).not.toBeNull()
})
