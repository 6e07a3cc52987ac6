import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Heed, openHeed } from '../../test/support/heed.ts'

let heed: Heed
beforeAll(async () => {
  heed = await openHeed({ publicUrl: 'https://heed.example' })
})
afterAll(() => heed.close())

test('the cookie of a browser that comes by TLS is sent by no other way, and nothing is said of other hosts', async () => {
  const signedIn = await heed.app.request(`/signin?token=${heed.auth.signInToken}`)
  expect(signedIn.status).toBe(303)
  expect(signedIn.headers.get('set-cookie')).toMatch(/; Secure/i)
  expect(signedIn.headers.get('strict-transport-security')).toBeNull()
})
