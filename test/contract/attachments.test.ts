import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { API_KEY, ATTACHMENT_BYTES_MAX, type Heed, openHeed } from '../support/heed.ts'

let heed: Heed
beforeAll(async () => {
  heed = await openHeed()
})
afterAll(() => heed.close())
afterEach(() => vi.useRealTimers())

const announce = async (content_type = 'image/png', key: string = crypto.randomUUID()) => {
  const { status, body } = await heed.post('/attachment', { key, filename: 'a.png', content_type })
  expect([status, body.headers]).toEqual([200, {}])
  return { key, signedUrl: body.signedUrl as string }
}
const put = (url: string, bytes: Uint8Array<ArrayBuffer>) =>
  heed.app.request(url, { method: 'PUT', body: bytes })
const say = (key: string, status: object) => heed.post('/attachment/status', { key, status })
const done = { upload_status: 'done' }
const ask = async (key: string) => (await heed.get('/attachment', { key })).body

describe('an attachment', () => {
  test('is announced, uploaded, said to be done, and read back byte by byte', async () => {
    const bytes = crypto.getRandomValues(new Uint8Array(60_000))
    const { key, signedUrl } = await announce()
    expect((await ask(key)).status).toEqual({ upload_status: 'uploading' })
    expect((await put(signedUrl, bytes)).status).toBe(200)
    expect((await say(key, done)).status).toBe(200)
    const { downloadUrl, status } = await ask(key)
    expect(status).toEqual(done)
    const response = await heed.app.request(downloadUrl)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('image/png')
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes)
    const head = await heed.app.request(downloadUrl, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '60000'])
  })

  test('that the client could not upload says why', async () => {
    const { key } = await announce()
    await say(key, { upload_status: 'error', error_message: 'ENOENT' })
    expect((await ask(key)).status).toEqual({ upload_status: 'error', error_message: 'ENOENT' })
  })

  test('is not done before its bytes are here', async () => {
    const { key } = await announce()
    const { status, body } = await say(key, done)
    expect([status, body.error.code]).toEqual([409, 'upload_missing'])
  })

  test('that is too large is refused, and what was there stays', async () => {
    const { key, signedUrl } = await announce()
    await put(signedUrl, new Uint8Array([1, 2, 3]))
    expect((await put(signedUrl, new Uint8Array(ATTACHMENT_BYTES_MAX + 1))).status).toBe(413)
    const { downloadUrl } = await ask(key)
    const response = await heed.app.request(downloadUrl)
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([1, 2, 3])
  })

  test('of which not all bytes came is refused, and what was there stays', async () => {
    const { key, signedUrl } = await announce()
    await put(signedUrl, new Uint8Array([1, 2, 3]))
    // As a client that goes away in the middle: what came before it was looked at is an empty body.
    const headers = { 'content-length': '3' }
    for (const body of [new Uint8Array([4, 5]), null]) {
      const cut = await heed.app.request(signedUrl, { method: 'PUT', headers, body })
      expect([cut.status, await cut.json()]).toMatchObject([
        400,
        { error: { code: 'body_cut_short' } },
      ])
    }
    const response = await heed.app.request((await ask(key)).downloadUrl)
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([1, 2, 3])
  })

  test('of any key and content type is stored, and cannot run in a browser', async () => {
    const { key, signedUrl } = await announce('text/html', '../../etc/passwd')
    await put(signedUrl, new TextEncoder().encode('<script>alert(1)</script>'))
    await say(key, done)
    const response = await heed.app.request((await ask(key)).downloadUrl)
    expect(response.headers.get('content-type')).toBe('application/octet-stream')
    expect(response.headers.get('content-disposition')).toBe('attachment')
    expect(response.headers.get('content-security-policy')).toContain('sandbox')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    await response.arrayBuffer()
  })

  test('has an address that leads a browser to its bytes, and only one that is signed in', async () => {
    const { key, signedUrl } = await announce()
    await put(signedUrl, new Uint8Array([1, 2, 3]))
    await say(key, done)
    const path = `/attachment/download?${new URLSearchParams({ key })}`
    expect((await heed.app.request(path)).status).toBe(401)
    const headers = { authorization: `Bearer ${API_KEY}` }
    const { status, headers: sent } = await heed.app.request(path, { headers })
    expect(status).toBe(302)
    const response = await heed.app.request(sent.get('location') ?? '')
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([1, 2, 3])
  })

  test('that nobody announced is told', async () => {
    const { status, body } = await heed.get('/attachment', { key: 'nowhere' })
    expect([status, body.error.code]).toEqual([404, 'attachment_not_found'])
    expect((await say('nowhere', done)).status).toBe(404)
  })

  test('elsewhere is fetched by the client where it lies', async () => {
    const at = async (url: string) => (await heed.get('/attachment', { url })).body
    expect(await at('s3://bucket/a b/key.pdf')).toEqual({
      downloadUrl: 'https://s3.amazonaws.com/bucket/a%20b/key.pdf',
      status: done,
    })
    expect((await at('https://files.example/key.pdf')).downloadUrl).toBe(
      'https://files.example/key.pdf',
    )
    const signed = (length: number) =>
      'https://files.example/a?X-Amz-Signature='.padEnd(length, 'f')
    expect((await at(signed(8192))).downloadUrl).toBe(signed(8192))
    expect((await at(signed(8193))).error.code).toBe('invalid_request')
    expect((await at('file:///etc/passwd')).error.details[0].field).toBe('url')
  })
})

describe('a signed address', () => {
  test('is for one object and one verb', async () => {
    const { signedUrl } = await announce()
    const other = await announce()
    const forged = new URL(signedUrl)
    forged.searchParams.set('key', other.key)
    expect((await put(forged.href, new Uint8Array(1))).status).toBe(401)
    expect((await heed.app.request(signedUrl)).status).toBe(401)
    const { downloadUrl } = await ask(other.key)
    expect((await put(downloadUrl, new Uint8Array(1))).status).toBe(401)
  })

  test('expires after an hour, and its end cannot be moved', async () => {
    const { signedUrl } = await announce()
    const later = new URL(signedUrl)
    later.searchParams.set('expires', String(Number(later.searchParams.get('expires')) + 7200))
    expect((await put(later.href, new Uint8Array(1))).status).toBe(401)
    vi.useFakeTimers({ now: Date.now() + 3_590_000, toFake: ['Date'] })
    expect((await put(signedUrl, new Uint8Array(1))).status).toBe(200)
    vi.setSystemTime(Date.now() + 20_000)
    const response = await put(signedUrl, new Uint8Array(1))
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ error: { code: 'address_expired' } })
  })

  test('without its parts names what is missing', async () => {
    const { status, body } = await heed.get('/attachment/object', { key: 'a' })
    expect([status, body.error.code]).toEqual([400, 'invalid_request'])
  })
})
