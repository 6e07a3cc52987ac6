import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { check } from './body.ts'

/** How long an address can be used, in seconds: an upload may wait behind others. */
export const LIVES_SECONDS = 3600

const Query = z.object({
  key: z.string('must be a string').min(1),
  expires: z.coerce.number().int(),
  signature: z.string('must be a string'),
})

/**
 * Addresses that whoever has them may use without a key, until they expire: each for one verb on one
 * object, which its signature covers.
 */
export class SignedUrls {
  readonly #secret: string
  readonly #path: string

  constructor(secret: string, path: string) {
    this.#secret = secret
    this.#path = path
  }

  /** `origin` is that of the request: where the client reached us, it reaches us again. */
  make(origin: string, verb: 'GET' | 'PUT', key: string): string {
    const expires = Math.floor(Date.now() / 1000) + LIVES_SECONDS
    const signature = this.#sign(verb, key, expires).toString('base64url')
    const query = new URLSearchParams({ key, expires: String(expires), signature })
    return `${origin}${this.#path}?${query}`
  }

  /**
   * The key of the object that the address is for, and for how many seconds more. Throws AppError
   * `address_expired` or `unauthorized`.
   */
  grantOf(verb: 'GET' | 'PUT', query: Record<string, string>) {
    const { key, expires, signature } = check(Query, query)
    const given = Buffer.from(signature, 'base64url')
    const wanted = this.#sign(verb, key, expires)
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
      throw new AppError('unauthorized')
    }
    const secondsLeft = Math.floor(expires - Date.now() / 1000)
    if (secondsLeft < 0) throw new AppError('address_expired')
    return { key, secondsLeft }
  }

  #sign(verb: string, key: string, expires: number): Buffer {
    const text = JSON.stringify([this.#path, verb, key, expires])
    return createHmac('sha256', this.#secret).update(text).digest()
  }
}
