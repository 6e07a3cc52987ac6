import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import type { Blobs } from './blobs/blobs.ts'
import type { ClickHouse } from './clickhouse.ts'
import { sql, str } from './sql.ts'
import type { TransactionIds } from './xact.ts'

/** What is known of an attachment. */
export interface Attachment {
  readonly key: string
  readonly filename: string
  readonly contentType: string
  /** `uploading` until the client says that it is done, or why it is not. */
  readonly status: 'uploading' | 'done' | 'error'
  readonly error: string
}

const Row = z.object({
  key: z.string(),
  filename: z.string(),
  contentType: z.string(),
  status: z.enum(['uploading', 'done', 'error']),
  error: z.string(),
})

/** Bytes beside rows, under a key that the client chose. */
export class Attachments {
  readonly #ch: ClickHouse
  readonly #blobs: Blobs
  readonly #xactIds: TransactionIds

  constructor(ch: ClickHouse, blobs: Blobs, xactIds: TransactionIds) {
    this.#ch = ch
    this.#blobs = blobs
    this.#xactIds = xactIds
  }

  /** Throws AppError `attachment_not_found`. */
  async find(key: string): Promise<Attachment> {
    const [row] = await this.#ch.rows(
      Row,
      sql`SELECT key, filename, content_type AS contentType, status, error FROM attachments
          WHERE key = ${str(key)} ORDER BY xact_id DESC LIMIT 1`,
    )
    if (!row) throw new AppError('attachment_not_found', { key })
    return row
  }

  /** Announces an upload, or the same one again. Resolves when that is committed and synced. */
  begin(key: string, filename: string, contentType: string): Promise<void> {
    return this.#put({ key, filename, contentType, status: 'uploading', error: '' })
  }

  /**
   * Ends an upload. Throws AppError `attachment_not_found` when it was not announced, `upload_missing` when
   * it is said to be done and no bytes are here.
   */
  async end(key: string, status: 'uploading' | 'done' | 'error', error: string): Promise<void> {
    const attachment = await this.find(key)
    if (status === 'done') {
      const blob = await this.#blobs.get(nameOf(key))
      if (!blob) throw new AppError('upload_missing', { key })
      blob.bytes.destroy()
    }
    await this.#put({ ...attachment, status, error })
  }

  /** Stores the bytes; durable when it resolves. Throws AppError `payload_too_large` or `storage_full`. */
  write(key: string, bytes: AsyncIterable<Uint8Array>, bytesMax: number): Promise<void> {
    return this.#blobs.put(nameOf(key), bytes, bytesMax)
  }

  /** Throws AppError `attachment_not_found` while there are no bytes. */
  async read(key: string): Promise<{ readonly size: number; readonly bytes: Readable }> {
    const blob = await this.#blobs.get(nameOf(key))
    if (!blob) throw new AppError('attachment_not_found', { key })
    return blob
  }

  #put({ key, filename, contentType, status, error }: Attachment): Promise<void> {
    const xact_id = this.#xactIds.next()
    return this.#ch.insert('attachments', [
      { key, xact_id, filename, content_type: contentType, status, error },
    ])
  }
}

/** A key may be any text, and a name is part of a path. */
const nameOf = (key: string) => createHash('sha256').update(key).digest('hex')
