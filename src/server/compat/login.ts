import { type Context, Hono } from 'hono'
import type { Env } from '../env.ts'

/** What one request of an official SDK may count on: a third of the body, since it counts characters. */
const CHARACTER_BYTES = 3

/**
 * Of the official SDKs: who is there, and how much may be sent. Answered from memory: an SDK whose first
 * login fails drops all its rows, for as long as its process lives.
 */
export const loginRoutes = (bodyBytesMax: number) =>
  new Hono<Env>()
    .post('/api/apikey/login', (c) => c.json({ org_info: [organisation(c)] }))
    // A limit says also that what is larger can go by `/logs3/overflow`.
    .get('/version', (c) =>
      c.json({ logs3_payload_max_bytes: Math.floor(bodyBytesMax / CHARACTER_BYTES) }),
    )

/** The Python SDK fails without either address; one that differs from ours would send rows elsewhere. */
const organisation = (c: Context<Env>) => ({
  ...c.var.org,
  api_url: c.var.origin,
  proxy_url: c.var.origin,
  git_metadata: null,
})
