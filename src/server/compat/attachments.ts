import { Readable } from 'node:stream'
import { Hono } from 'hono'
import { z } from 'zod'
import { AppError } from '../../errors.ts'
import type { Storage } from '../../storage/index.ts'
import { bytesOf, check, readJson } from '../body.ts'
import type { Env } from '../env.ts'
import type { SignedUrls } from '../signed-url.ts'
import { REQUEST_BYTES_MAX } from './requests.ts'

/** Where the bytes are put and fetched, by signed address. */
export const OBJECT_PATH = '/attachment/object'

const Text = z.string('must be a string').min(1, 'must not be empty').max(1024)

/** An address that other stores have signed is long. */
const Address = z.string('must be a string').min(1, 'must not be empty').max(8192)

const Begin = z.object({ key: Text, filename: Text, content_type: Text })

const End = z.object({
  key: Text,
  status: z.object({
    upload_status: z.enum(['uploading', 'done', 'error'], 'must be uploading, done or error'),
    error_message: z.string('must be a string').max(10_000).nullish(),
  }),
})

const Download = z.object({ key: Text })

const Which = z.union([z.object({ key: Text }), z.object({ url: Address })], 'needs a key or a url')

/** What a browser can show and not run; anything else is bytes to it. */
const SHOWN =
  /^(image\/(png|jpeg|gif|webp|avif)|(audio|video)\/[\w.+-]+|application\/(pdf|json)|text\/plain)$/

interface Needs {
  readonly attachments: Storage['attachments']
  readonly urls: SignedUrls
  readonly bytesMax: number
}

/** Open to all, because the address says who may: the bytes of attachments. */
export const objectStoreRoutes = ({ attachments, urls, bytesMax }: Needs) =>
  new Hono<Env>()
    .put(OBJECT_PATH, async (c) => {
      const { key } = urls.grantOf('PUT', c.req.query())
      await attachments.write(key, bytesOf(c.req.raw), bytesMax)
      return c.json({})
    })
    .get(OBJECT_PATH, async (c) => {
      const { key, secondsLeft } = urls.grantOf('GET', c.req.query())
      const { contentType } = await attachments.find(key)
      const { size, bytes } = await attachments.read(key)
      c.header('Content-Type', SHOWN.test(contentType) ? contentType : 'application/octet-stream')
      c.header('Content-Length', String(size))
      c.header('Content-Disposition', 'attachment')
      c.header('Content-Security-Policy', "default-src 'none'; sandbox")
      // No longer than the address is good; other bytes may be put there meanwhile, which a reload shows.
      c.header('Cache-Control', `private, max-age=${secondsLeft}`)
      if (c.req.method === 'HEAD') {
        bytes.destroy()
        return c.body(null)
      }
      return c.body(Readable.toWeb(bytes) as ReadableStream)
    })

/**
 * Of the official SDKs: where to put an attachment, how that went, and where to fetch it; of the dashboard,
 * a link that leads there.
 */
export const attachmentRoutes = ({ attachments, urls }: Omit<Needs, 'bytesMax'>) =>
  new Hono<Env>()
    .post('/attachment', async (c) => {
      const { value } = await readJson(c, REQUEST_BYTES_MAX)
      const { key, filename, content_type } = check(Begin, value)
      await attachments.begin(key, filename, content_type)
      return c.json({ signedUrl: urls.make(c.var.origin, 'PUT', key), headers: {} })
    })
    .post('/attachment/status', async (c) => {
      const { key, status } = check(End, (await readJson(c, REQUEST_BYTES_MAX)).value)
      await attachments.end(key, status.upload_status, status.error_message ?? '')
      return c.json({})
    })
    .get('/attachment/download', (c) => {
      const { key } = check(Download, c.req.query())
      // Without an origin: it stays where the browser is.
      return c.redirect(urls.make('', 'GET', key))
    })
    .get('/attachment', async (c) => {
      const which = check(Which, c.req.query())
      if ('url' in which) {
        return c.json({ downloadUrl: external(which.url), status: { upload_status: 'done' } })
      }
      const { status, error } = await attachments.find(which.key)
      return c.json({
        downloadUrl: urls.make(c.var.origin, 'GET', which.key),
        status: { upload_status: status, ...(error === '' ? {} : { error_message: error }) },
      })
    })

/**
 * Where bytes lie that are not here: the client fetches them, we never do. An `s3://` address is that of
 * an object that anyone may read; we hold no keys of other stores.
 */
function external(address: string): string {
  const [, bucket, key] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.+)$/.exec(address) ?? []
  if (bucket && key) {
    return `https://s3.amazonaws.com/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`
  }
  if (URL.canParse(address) && new URL(address).protocol === 'https:') return address
  const message = 'must begin with https:// or s3://'
  throw new AppError('invalid_request', [{ field: 'url', message }])
}
