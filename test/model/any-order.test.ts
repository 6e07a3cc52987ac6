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
  expect(await checkHistories(heed, HISTORIES, seed)).toBe(HISTORIES)
}, 600_000)
