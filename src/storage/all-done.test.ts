import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { allDone } from './all-done.ts'

test('a failure is told after all have ended', async () => {
  let isEnded = false
  const slow = sleep(20).then(() => {
    isEnded = true
  })
  await expect(allDone([Promise.reject(new Error('full')), slow])).rejects.toThrow('full')
  expect(isEnded).toBe(true)
})
