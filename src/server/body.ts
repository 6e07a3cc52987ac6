import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Context } from 'hono'
import type { z } from 'zod'
import { AppError } from '../errors.ts'

/**
 * The JSON of a request, whatever its Content-Type: the official Python SDK sends none. Bounded
 * before and after gunzip. Throws AppError `payload_too_large`, `unsupported_encoding`,
 * `invalid_encoding` or `invalid_json`.
 */
export async function readJson(
  c: Context,
  bytesMax: number,
): Promise<{ value: unknown; bytes: number }> {
  const sent = await readBytes(c.req.raw, bytesMax)
  const plain = await decode(sent, c.req.header('Content-Encoding') ?? 'identity', bytesMax)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(plain)
  } catch (cause) {
    throw new AppError('invalid_encoding', 'The body is not UTF-8.', { cause })
  }
  try {
    return { value: JSON.parse(text), bytes: plain.byteLength }
  } catch (cause) {
    throw new AppError('invalid_json', (cause as SyntaxError).message)
  }
}

/** Checks a value against its shape. Throws AppError `invalid_request` that names every field. */
export function check<T extends z.ZodType>(shape: T, value: unknown): z.output<T> {
  const parsed = shape.safeParse(value)
  if (parsed.success) return parsed.data
  const details = parsed.error.issues.map(({ path, message }) => ({
    field: path.join('.'),
    message,
  }))
  throw new AppError('invalid_request', details)
}

async function readBytes(request: Request, bytesMax: number): Promise<Buffer> {
  if (Number(request.headers.get('Content-Length') ?? 0) > bytesMax) throw tooLarge(bytesMax)
  const chunks: Uint8Array[] = []
  let size = 0
  if (!request.body) return Buffer.alloc(0)
  for await (const chunk of request.body) {
    size += chunk.byteLength
    if (size > bytesMax) throw tooLarge(bytesMax)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

async function decode(bytes: Buffer, encoding: string, bytesMax: number): Promise<Buffer> {
  if (encoding === 'identity' || encoding === '') return bytes
  if (encoding !== 'gzip') throw new AppError('unsupported_encoding', { encoding })
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: bytesMax })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(bytesMax)
    throw new AppError('invalid_encoding', 'The body is not gzip, or is cut short.', { cause })
  }
}

const tooLarge = (bytesMax: number) => new AppError('payload_too_large', { bytes_max: bytesMax })
