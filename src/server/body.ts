import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Context } from 'hono'
import type { z } from 'zod'
import { AppError } from '../errors.ts'
import { decodeUtf8 } from './utf8.ts'

/** The JSON of a request. */
export interface Body {
  readonly value: unknown
  /** Of its text: what it takes in memory. */
  readonly bytes: number
  /** What stands in texts in place of bytes that are not UTF-8; absent: all are. */
  readonly brokenMark?: string
}

/**
 * The JSON of a request, whatever its Content-Type: the official Python SDK sends none. Bounded
 * before and after gunzip. Throws AppError `payload_too_large`, `body_cut_short`,
 * `unsupported_encoding`, `invalid_encoding` or `invalid_json`.
 */
export async function readJson(c: Context, bytesMax: number): Promise<Body> {
  const body = await readItems(c, bytesMax)
  if (body.brokenMark !== undefined) throw notUtf8()
  return body
}

/** As `readJson`, for a list of items of which some may hold what is not UTF-8: they are told by the mark. */
export async function readItems(c: Context, bytesMax: number): Promise<Body> {
  const sent = await readBytes(c.req.raw, bytesMax)
  return parseItems(await decode(sent, c.req.header('Content-Encoding') ?? 'identity', bytesMax))
}

/** The same of bytes that are here already. Throws AppError `invalid_encoding` or `invalid_json`. */
export function parseItems(plain: Buffer): Body {
  const { text, ...mark } = decodeUtf8(plain)
  try {
    const body = { value: JSON.parse(text), bytes: plain.byteLength, ...mark }
    if (mark.brokenMark !== undefined && isEnvelopeBroken(body.value, mark.brokenMark))
      throw notUtf8()
    return body
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw mark.brokenMark === undefined
      ? new AppError('invalid_json', (cause as SyntaxError).message)
      : notUtf8()
  }
}

const notUtf8 = () => new AppError('invalid_encoding', 'The body is not UTF-8.')

/** The lists whose items are checked one by one: of `/logs3` and of the REST routes. */
const ITEMS = new Set(['rows', 'feedback', 'events'])

/** Whether something beside the items is not UTF-8: then nobody knows where they belong. */
function isEnvelopeBroken(value: unknown, brokenMark: string): boolean {
  if (typeof value !== 'object' || value === null) return true
  const beside = Object.entries(value).filter(([key]) => !ITEMS.has(key))
  return JSON.stringify(beside).includes(brokenMark)
}

/** Checks a value against its shape. Throws AppError `invalid_request` that names every field. */
export function check<T extends z.ZodType>(shape: T, value: unknown): z.output<T> {
  const parsed = shape.safeParse(value)
  if (parsed.success) return parsed.data
  const details = parsed.error.issues.flatMap((issue) => {
    // A key that is not understood is told as the field that it is, not as a flaw of what holds it.
    const paths =
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => [...issue.path, key])
        : [issue.path]
    return paths.map((path) => ({ field: path.join('.'), message: issue.message }))
  })
  throw new AppError('invalid_request', details)
}

async function readBytes(request: Request, bytesMax: number): Promise<Buffer> {
  if (Number(request.headers.get('Content-Length') ?? 0) > bytesMax) throw tooLarge(bytesMax)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of bytesOf(request)) {
    size += chunk.byteLength
    if (size > bytesMax) throw tooLarge(bytesMax)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/**
 * The bytes of a body as they come. Throws AppError `body_cut_short` where fewer come than were announced: of a
 * client that goes away early nothing else tells.
 */
export async function* bytesOf(request: Request): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    yield chunk
  }
  const announced = request.headers.get('Content-Length')
  if (announced !== null && size < Number(announced)) throw new AppError('body_cut_short')
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
