import { z } from 'zod'
import { AppError } from '../errors.ts'

/** A place in a list that is ordered by time and id, newest first: the last row already given. */
export interface Cursor {
  /** Microseconds or milliseconds since 1970, as the list has it. */
  readonly time: number
  readonly id: string
  /** Of feedback, whose ids may name several events: the row id of the judged span. */
  readonly target?: string | undefined
}

const Shape = z.tuple([z.number().int(), z.string(), z.string().optional()])

/** Opaque text for the client: base64url of JSON. */
export const encodeCursor = ({ time, id, target }: Cursor): string =>
  Buffer.from(JSON.stringify(target === undefined ? [time, id] : [time, id, target])).toString(
    'base64url',
  )

/** Throws AppError `invalid_request` for text that is not a cursor of ours. */
export function decodeCursor(text: string): Cursor {
  try {
    const [time, id, target] = Shape.parse(
      JSON.parse(Buffer.from(text, 'base64url').toString('utf8')),
    )
    return { time, id, target }
  } catch (cause) {
    throw wrongCursor(cause)
  }
}

export const wrongCursor = (cause?: unknown): AppError => {
  const details = [{ field: 'cursor', message: 'must be a cursor that a page gave' }]
  return new AppError('invalid_request', details, { cause })
}
