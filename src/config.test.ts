import { expect, test } from 'vitest'
import { readConfig } from './config.ts'

test('what stands around a key in a file of variables is not of it', () => {
  const key = 'heed_key_of_the_operator'
  expect(readConfig({ HEED_API_KEY: ` ${key}\r` }).apiKey).toBe(key)
})

test.each([
  ['HEED_API_KEY', 'heed key of the operator', /^HEED_API_KEY: must be of letters/],
  ['HEED_API_KEY', 'heed_schlüssel_des_betreibers', /^HEED_API_KEY: must be of letters/],
  ['HEED_API_KEY', 'short', /^HEED_API_KEY: /],
  ['HEED_PORT', '70000', /^HEED_PORT: /],
  ['HEED_PUBLIC_URL', 'heed.example', /^HEED_PUBLIC_URL: must begin with http/],
])('%s=%s is refused by name', (name, value, message) => {
  expect(() => readConfig({ [name]: value })).toThrow(message)
})

test('a variable that is set to nothing counts as not set', () => {
  const { port, apiKey, publicUrl } = readConfig({
    HEED_PORT: '',
    HEED_API_KEY: '',
    HEED_PUBLIC_URL: '',
  })
  expect([port, apiKey, publicUrl]).toEqual([4333, undefined, undefined])
})
