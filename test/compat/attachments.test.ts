import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newProject } from '../support/heed.ts'
import { Product } from '../support/product.ts'
import { runProgram, SDKS } from './sdks.ts'
import { metric } from './slow-body.ts'

const BYTES_MAX = 64 * 2 ** 10

const limits = { HEED_ATTACHMENT_BYTES_MAX: String(BYTES_MAX) }

/** The environment of a product whose clock is so many minutes ahead. */
const clockAhead = (minutes: number) => ({
  NODE_OPTIONS: `--import=${fileURLToPath(new URL('clock-ahead.mjs', import.meta.url))}`,
  TEST_CLOCK_AHEAD_MS: String(minutes * 60_000),
})

let product: Product
beforeAll(async () => {
  product = await Product.start(limits)
})
afterAll(async () => product?.stop())

describe.each(SDKS)('attachments of $name', (sdk) => {
  const project_name = newProject()
  let printed: Awaited<ReturnType<typeof runProgram>>
  beforeAll(async () => {
    const env = { COMPAT_PROJECT: project_name, COMPAT_BYTES: String(BYTES_MAX + 1) }
    printed = await runProgram(sdk, 'attachments', product.url, env)
  }, 120_000)

  test('that were uploaded are read back, one that stands twice as one', () => {
    const done = { upload_status: 'done' }
    expect(printed.fine).toMatchObject({ status: done, text: 'fine' })
    expect(printed.same).toEqual(printed.fine)
    expect(printed.empty).toMatchObject({ status: done, text: '' })
  })

  test('that could not be uploaded say why, and are not read', () => {
    for (const [name, reason] of [
      ['large', /413/],
      ['missing', /read file/],
    ] as const) {
      const { status, text, error } = printed[name]
      expect(status).toEqual({
        upload_status: 'error',
        error_message: expect.stringMatching(reason),
      })
      expect([text, error]).toEqual([undefined, expect.stringMatching(/got "error"/)])
    }
    // Python raises both; of TypeScript a flush never fails.
    if (sdk.language === 'python') expect(printed.raised).toHaveLength(2)
  })

  test('lie in a span where they were logged, and are fetched by their key', async () => {
    const { body: row } = await product.get(`/v1/spans/${printed.span}`, { project_name })
    const { file } = row.input[0].deep
    expect(file).toMatchObject({ type: 'braintrust_attachment', filename: 'span.txt' })
    const { downloadUrl } = (await product.get('/attachment', { key: file.key })).body
    expect(await (await fetch(downloadUrl)).text()).toBe('of a span')
  })
})

test.each(SDKS)(
  'a span of $name that is refused is sent once, and costs no other its attachment',
  async (sdk) => {
    const project_name = newProject()
    const refused = await metric(product, 'heed_items_rejected_total')
    const { id } = await runProgram(sdk, 'refused', product.url, {
      COMPAT_PROJECT: project_name,
      // One flush of several requests, as it is from a hundred rows on.
      BRAINTRUST_SYNC_FLUSH: '1',
      BRAINTRUST_DEFAULT_BATCH_SIZE: '1',
    })
    expect(await metric(product, 'heed_items_rejected_total')).toBe(refused + 1)
    const { spans } = (await product.get('/v1/spans', { project_name })).body
    expect(spans.map((span: { name: string }) => span.name)).toEqual(['beside it'])
    const { body: row } = await product.get(`/v1/spans/${id}`, { project_name })
    const { body } = await product.get('/attachment', { key: row.input.file.key })
    expect(body.status).toEqual({ upload_status: 'done' })
    expect(await (await fetch(body.downloadUrl)).text()).toBe('beside')
  },
  30_000,
)

describe('a signed address', () => {
  const announce = async (content_type = 'image/png', key: string = crypto.randomUUID()) => {
    const { body } = await product.post('/attachment', { key, filename: 'a.png', content_type })
    return { key, putUrl: body.signedUrl as string }
  }
  const getUrlOf = async (key: string): Promise<string> =>
    (await product.get('/attachment', { key })).body.downloadUrl
  const put = (url: string, text: string, headers: Record<string, string> = {}) =>
    fetch(url, { method: 'PUT', headers, body: text })
  const uploaded = async (text: string) => {
    const { key, putUrl } = await announce()
    expect((await put(putUrl, text)).status).toBe(200)
    return { key, putUrl, getUrl: await getUrlOf(key) }
  }
  const codeOf = async (answer: Response) => {
    const { error } = (await answer.json()) as { error: { code: string } }
    return [answer.status, error.code]
  }

  test('is of no use for another object, another method or another route', async () => {
    const [one, other] = [await uploaded('one'), await uploaded('other')]
    const unauthorized = [401, 'unauthorized']
    for (const [url, method] of [
      [one.putUrl, 'PUT'],
      [one.getUrl, 'GET'],
    ] as const) {
      const moved = new URL(url)
      moved.searchParams.set('key', other.key)
      expect(await codeOf(await fetch(moved, { method }))).toEqual(unauthorized)
      for (const part of ['signature', 'expires']) {
        const without = new URL(url)
        without.searchParams.delete(part)
        expect((await fetch(without, { method })).status).toBe(400)
      }
      for (const elsewhere of ['/logs3/overflow/object', '/attachment', '/v1/projects']) {
        const at = url.replace('/attachment/object', elsewhere)
        expect([elsewhere, (await fetch(at, { method })).status]).toEqual([elsewhere, 401])
      }
    }
    // Of two keys the signed one counts.
    expect((await put(`${one.putUrl}&key=${other.key}`, 'again')).status).toBe(200)
    expect(await (await fetch(`${one.getUrl}&key=${other.key}`)).text()).toBe('again')
    expect(await codeOf(await fetch(one.putUrl))).toEqual(unauthorized)
    expect(await codeOf(await put(one.getUrl, 'changed'))).toEqual(unauthorized)
    for (const method of ['POST', 'PATCH', 'DELETE']) {
      expect([method, (await fetch(one.putUrl, { method })).status]).toEqual([method, 401])
    }
    expect(await (await fetch(other.getUrl)).text()).toBe('other')
  })

  test('gives what was announced, whatever type its sender or reader claims', async () => {
    const { key, putUrl } = await announce('text/plain')
    const html = { 'content-type': 'text/html' }
    expect((await put(`${putUrl}&content_type=text/html`, '<b>', html)).status).toBe(200)
    const asked = { key, content_type: 'text/html', filename: 'a.html' }
    const { downloadUrl } = (await product.get('/attachment', asked)).body
    const { headers } = await fetch(`${downloadUrl}&content_type=text/html`)
    expect(headers.get('content-type')).toBe('text/plain')
    expect(headers.get('content-disposition')).toBe('attachment')
    expect(headers.get('x-content-type-options')).toBe('nosniff')

    const page = await announce('text/html')
    await put(page.putUrl, '<script>alert(1)</script>')
    const answer = await fetch(await getUrlOf(page.key))
    expect(answer.headers.get('content-type')).toBe('application/octet-stream')
  })

  test('takes no more than an attachment may be, and leaves what was there', async () => {
    const { putUrl, getUrl } = await uploaded('small')
    const tooLarge = await codeOf(await put(putUrl, 'x'.repeat(BYTES_MAX + 1)))
    expect(tooLarge).toEqual([413, 'payload_too_large'])
    expect(await (await fetch(getUrl)).text()).toBe('small')
  })

  test('lasts over a restart, and an hour', async () => {
    const { key, putUrl, getUrl } = await uploaded('before')
    await product.end('SIGTERM')
    await product.start({ ...limits, ...clockAhead(59) })
    expect((await put(putUrl, 'after')).status).toBe(200)
    // What a browser keeps is no longer good than its address, and can change.
    const changed = await fetch(getUrl)
    expect(await changed.text()).toBe('after')
    const [, maxAge] = /max-age=(\d+)$/.exec(changed.headers.get('cache-control') ?? '') ?? []
    expect(Number(maxAge)).toBeGreaterThan(0)
    expect(Number(maxAge)).toBeLessThanOrEqual(60)

    await product.end('SIGTERM')
    await product.start({ ...limits, ...clockAhead(61) })
    const expired = [403, 'address_expired']
    expect(await codeOf(await put(putUrl, 'late'))).toEqual(expired)
    expect(await codeOf(await fetch(getUrl))).toEqual(expired)
    expect(await (await fetch(await getUrlOf(key))).text()).toBe('after')
  }, 60_000)
})
