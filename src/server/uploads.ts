import { createHash, randomUUID } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import type { Blobs } from '../storage/index.ts'
import { parseItems } from './body.ts'
import type { Whole } from './ingestion.ts'
import { LIVES_SECONDS, type SignedUrls } from './signed-url.ts'

/** How a body of `/logs3` says that its rows are in an upload. */
const Reference = z.object({
  rows: z.object({ type: z.literal('logs3_overflow'), key: z.string().min(1) }),
})

/**
 * Bodies of `/logs3` that came apart from their request: each to a signed address, no larger than other
 * bodies. They stay as long as the address, since a client may name one again whose answer it missed.
 */
export class Uploads {
  readonly #blobs: Blobs
  readonly #urls: SignedUrls
  readonly #bytesMax: number

  constructor(blobs: Blobs, urls: SignedUrls, bytesMax: number) {
    this.#blobs = blobs
    this.#urls = urls
    this.#bytesMax = bytesMax
  }

  /** A key, and where to put its bytes. Throws AppError `payload_too_large`. */
  async begin(origin: string, bytes: number): Promise<{ key: string; signedUrl: string }> {
    if (bytes > this.#bytesMax) {
      throw new AppError('payload_too_large', { bytes_max: this.#bytesMax })
    }
    await this.#blobs.removeBefore(Date.now() - LIVES_SECONDS * 1000)
    const key = randomUUID()
    return { key, signedUrl: this.#urls.make(origin, 'PUT', key) }
  }

  /** Throws AppError `address_expired`, `unauthorized` or `payload_too_large`. */
  async put(query: Record<string, string>, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    await this.#blobs.put(nameOf(this.#urls.grantOf('PUT', query).key), bytes, this.#bytesMax)
  }

  /**
   * The body that another refers to, once there is room for it, or that one itself. Throws AppError
   * `upload_missing`, or what `makeRoom` throws.
   */
  readonly whole: Whole = async (body, makeRoom) => {
    const reference = Reference.safeParse(body.value)
    if (!reference.success) return body
    const { key } = reference.data.rows
    const blob = await this.#blobs.get(nameOf(key))
    if (!blob) throw new AppError('upload_missing', { key })
    try {
      await makeRoom(blob.size)
      return parseItems(await buffer(blob.bytes))
    } finally {
      blob.bytes.destroy()
    }
  }
}

const nameOf = (key: string) => createHash('sha256').update(key).digest('hex')
