import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Heed, openHeed } from '../support/heed.ts'
import { checkHistories } from './check.ts'

/** How many histories are tried; `npm run fault` tries 100,000. */
const HISTORIES = Number(process.env.HEED_MODEL_HISTORIES ?? 10_000)

let heed: Heed
beforeAll(async () => {
  heed = await openHeed()
})
afterAll(() => heed.close())

test(`${HISTORIES} histories leave the state of the history in order, however they arrive`, async () => {
  const seed = Number(process.env.HEED_MODEL_SEED ?? Date.now() % 2 ** 31)
  const begun = performance.now()
  expect(await checkHistories(heed, HISTORIES, seed)).toBe(HISTORIES)
  const seconds = Math.round((performance.now() - begun) / 1000)
  console.log(`${HISTORIES} histories as the oracle says, in ${seconds} s`)
}, 600_000)
