import { Hono } from 'hono'
import { z } from 'zod'
import type { Auth } from '../auth.ts'
import { check, readJson } from '../body.ts'
import type { Env } from '../env.ts'

const SignIn = z.object({ api_key: z.string('must be a string') })

/** Open to all, because they are the way in: by the printed link, or by API key. */
export const signInRoutes = (auth: Auth) =>
  new Hono<Env>()
    .get('/signin', (c) => {
      auth.signInByLink(c, c.req.query('token') ?? '')
      return c.redirect('/app', 303)
    })
    .post('/v1/session', async (c) => {
      const { value } = await readJson(c, 4096)
      auth.signInByKey(c, check(SignIn, value).api_key)
      return c.json({ org: c.var.org.name })
    })

/** Whether this browser is signed in, and the way out. */
export const sessionRoutes = (auth: Auth) =>
  new Hono<Env>()
    .get('/', (c) => c.json({ org: c.var.org.name }))
    .delete('/', (c) => {
      auth.signOut(c)
      return c.json({})
    })
