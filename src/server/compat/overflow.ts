import { Hono } from 'hono'
import { z } from 'zod'
import { bytesOf, check, readJson } from '../body.ts'
import type { Env } from '../env.ts'
import type { Uploads } from '../uploads.ts'
import { REQUEST_BYTES_MAX } from './requests.ts'

/** Where bodies are put, by signed address. */
export const OVERFLOW_PATH = '/logs3/overflow/object'

const Begin = z.object({ size_bytes: z.number('must be a number').int().min(0) })

/** Open to all, because the address says who may. */
export const uploadRoutes = (uploads: Uploads) =>
  new Hono<Env>().put(OVERFLOW_PATH, async (c) => {
    await uploads.put(c.req.query(), bytesOf(c.req.raw))
    return c.json({})
  })

/** Of the official SDKs: where to put a body beyond what `/version` advertises. */
export const overflowRoutes = (uploads: Uploads) =>
  new Hono<Env>().post('/logs3/overflow', async (c) => {
    const { size_bytes } = check(Begin, (await readJson(c, REQUEST_BYTES_MAX)).value)
    const { key, signedUrl } = await uploads.begin(c.var.origin, size_bytes)
    return c.json({ method: 'PUT', signedUrl, headers: {}, key })
  })
