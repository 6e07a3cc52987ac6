import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  API_KEY,
  BODY_BYTES_MAX,
  type Heed,
  newProject,
  openHeed,
} from '../../../test/support/heed.ts'

let heed: Heed
beforeAll(async () => {
  heed = await openHeed()
})
afterAll(async () => heed?.close())

const begin = async (size_bytes: number) =>
  (await heed.post('/logs3/overflow', { content_type: 'application/json', size_bytes, rows: [] }))
    .body

const put = (signedUrl: string, body: string) =>
  heed.app.request(signedUrl, { method: 'PUT', body })

const referTo = (key: string) => ({ rows: { type: 'logs3_overflow', key }, api_version: 2 })

test('rows that were uploaded apart are stored when they are referred to, and once', async () => {
  const project_name = newProject()
  const rows = [{ id: 'far', input: 'large', project_name }]
  const { key, method, signedUrl } = await begin(100)
  expect(method).toBe('PUT')
  expect((await put(signedUrl, JSON.stringify({ rows, api_version: 2 }))).status).toBe(200)
  for (let delivery = 0; delivery < 2; delivery++) {
    const { status, body } = await heed.post('/logs3', referTo(key))
    expect([status, body.accepted.rows]).toEqual([200, 1])
  }
  expect((await heed.get('/v1/spans/far', { project_name })).body.input).toBe('large')
})

test('an upload needs its own address, and no larger one is given than a body may be', async () => {
  const { key, signedUrl } = await begin(10)
  expect((await put(signedUrl.replace(key, crypto.randomUUID()), '{}')).status).toBe(401)
  const asAttachment = signedUrl.replace('/logs3/overflow/object', '/attachment/object')
  expect((await put(asAttachment, '{}')).status).toBe(401)
  expect((await put(signedUrl, 'x'.repeat(BODY_BYTES_MAX + 1))).status).toBe(413)
  expect((await begin(BODY_BYTES_MAX + 1)).error.code).toBe('payload_too_large')
})

test('a reference to what nobody uploaded is refused', async () => {
  const { body } = await heed.post('/logs3', referTo((await begin(10)).key))
  expect(body.error.code).toBe('upload_missing')
})

test('bodies that were uploaded wait for room in memory as others do', async () => {
  const project_name = newProject()
  const rows = [{ id: 'far', input: 'x'.repeat(200_000), project_name }]
  const text = JSON.stringify({ rows })
  const { key, signedUrl } = await begin(text.length)
  await put(signedUrl, text)
  let most = 0
  let isOver = false
  const headers = { authorization: `Bearer ${API_KEY}` }
  const watching = (async () => {
    while (!isOver) {
      const metrics = await (await heed.app.request('/metrics', { headers })).text()
      most = Math.max(most, Number(/^heed_bodies_in_memory_bytes (\d+)/m.exec(metrics)?.[1]))
      await new Promise(setImmediate)
    }
  })()
  const reference = JSON.stringify(referTo(key))
  const length = { 'Content-Length': String(reference.length) }
  const answers = await Promise.all(
    Array.from({ length: 200 }, () => heed.post('/logs3', reference, length)),
  )
  isOver = true
  await watching
  expect(most).toBeGreaterThan(0)
  expect(most).toBeLessThanOrEqual(24 * 2 ** 20)
  for (const { status } of answers) expect([200, 503]).toContain(status)
})
