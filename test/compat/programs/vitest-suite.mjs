// Tests that an application wraps, so that they become the cases of an experiment.
import * as vitest from 'vitest'

const { wrapVitest } = await import(process.env.COMPAT_SDK)

const { describe, expect, test } = wrapVitest(vitest, {
  projectName: process.env.COMPAT_PROJECT,
  displaySummary: false,
})

describe('by vitest', () => {
  test('upper', { input: 'a', expected: 'A' }, ({ input, expected }) => {
    expect(input.toUpperCase()).toBe(expected)
    return input.toUpperCase()
  })
})
