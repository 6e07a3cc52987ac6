import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { AppError } from '../errors.ts'
import type { Storage } from '../storage/index.ts'
import type { Env } from './env.ts'
import { SignedUrls } from './signed-url.ts'

/** How long a browser stays signed in. */
const SESSION_SECONDS = 30 * 24 * 3600

/** Who may call: programs by API key, browsers by a signed cookie that lasts across restarts. */
export class Auth {
  /** Stands in the link that the start prints; lives as long as this process. */
  readonly signInToken = randomBytes(24).toString('base64url')
  readonly #keys: Storage['keys']
  readonly #secret: string
  /** Cookies do not tell ports apart: two Heeds on one host need two names. */
  readonly #cookie: string

  private constructor(keys: Storage['keys'], secret: string) {
    this.#keys = keys
    this.#secret = secret
    this.#cookie = `heed_${createHash('sha256').update(secret).digest('hex').slice(0, 8)}`
  }

  static async open({ keys }: Pick<Storage, 'keys'>): Promise<Auth> {
    return new Auth(keys, await keys.sessionSecret())
  }

  /** Lets a request pass or throws AppError `unauthorized` or `forbidden_origin`. */
  readonly guard: MiddlewareHandler<Env> = async (c, next) => {
    const [, key] = /^Bearer (.+)$/i.exec(c.req.header('Authorization') ?? '') ?? []
    if (key !== undefined) {
      if (!this.#keys.isKnown(key)) throw new AppError('unauthorized')
    } else {
      if (!this.#isSession(getCookie(c, this.#cookie))) throw new AppError('unauthorized')
      const isRead = c.req.method === 'GET' || c.req.method === 'HEAD'
      // A page elsewhere can make this browser send the cookie, but not this header.
      if (!isRead && c.req.header('X-Heed-Request') === undefined) {
        throw new AppError('forbidden_origin')
      }
    }
    await next()
  }

  /** Signs this browser in by API key. Throws AppError `unauthorized`. */
  signInByKey(c: Context<Env>, key: string): void {
    if (!this.#keys.isKnown(key)) throw new AppError('unauthorized')
    this.#startSession(c)
  }

  /** Signs this browser in by the printed link. Throws AppError `unauthorized`. */
  signInByLink(c: Context<Env>, token: string): void {
    if (!isEqual(token, this.signInToken)) throw new AppError('unauthorized')
    this.#startSession(c)
  }

  signOut(c: Context): void {
    deleteCookie(c, this.#cookie, { path: '/' })
  }

  /** Addresses under a path that need no key; they outlive a restart. */
  signedUrls(path: string): SignedUrls {
    return new SignedUrls(this.#secret, path)
  }

  #startSession(c: Context<Env>): void {
    const expires = Math.floor(Date.now() / 1000) + SESSION_SECONDS
    setCookie(c, this.#cookie, `${expires}.${this.#sign(expires)}`, {
      path: '/',
      httpOnly: true,
      sameSite: 'Lax',
      // Behind a proxy the request itself says http.
      secure: c.var.origin.startsWith('https:'),
      maxAge: SESSION_SECONDS,
    })
  }

  #isSession(cookie: string | undefined): boolean {
    const [expires, signature] = cookie?.split('.') ?? []
    const isLive = Number(expires) * 1000 > Date.now()
    return isLive && isEqual(signature ?? '', this.#sign(Number(expires)))
  }

  #sign(expires: number): string {
    return createHmac('sha256', this.#secret).update(`session ${expires}`).digest('base64url')
  }
}

/** Constant time for texts of one length; the length is no secret. */
function isEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
