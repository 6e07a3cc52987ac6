import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { Catalog } from './catalog.ts'

const Key = z.object({ hash: z.string(), name: z.string(), created: z.string() })
const Secret = z.object({ secret: z.string() })

/**
 * API keys: 256 random bits behind a prefix. Only the SHA-256 is stored, which is enough for what
 * nobody can guess, and checking one costs no query.
 */
export class Keys {
  readonly #catalog: Catalog
  readonly #hashes: Buffer[]

  constructor(catalog: Catalog) {
    this.#catalog = catalog
    this.#hashes = catalog.list('api_key', Key).map((key) => Buffer.from(key.hash, 'hex'))
  }

  get isEmpty(): boolean {
    return this.#hashes.length === 0
  }

  /** Compares with every key in constant time. */
  isKnown(key: string): boolean {
    const hash = digest(key)
    let isKnown = false
    for (const known of this.#hashes) isKnown = timingSafeEqual(known, hash) || isKnown
    return isKnown
  }

  /** Makes a key, or takes the operator's. Returns it: it is not stored and cannot be shown again. */
  async add(name: string, key = `heed_${randomBytes(32).toString('base64url')}`): Promise<string> {
    const hash = digest(key)
    const hex = hash.toString('hex')
    await this.#catalog.put('api_key', hex, { hash: hex, name, created: new Date().toISOString() })
    this.#hashes.push(hash)
    return key
  }

  /** What this installation signs browser sessions with; made at its first use, then always the same. */
  async sessionSecret(): Promise<string> {
    const [known] = this.#catalog.list('session_secret', Secret)
    if (known) return known.secret
    const secret = randomBytes(32).toString('base64url')
    await this.#catalog.put('session_secret', 'current', { secret })
    return secret
  }
}

const digest = (key: string) => createHash('sha256').update(key).digest()
