import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { AppError } from '../errors.ts'
import type { ErrorBody } from '../wire/errors.ts'
import type { Env } from './env.ts'
import { isReadToItsEnd } from './refused-body.ts'

/** How long a client should wait before it tries again, in seconds. */
const RETRY_AFTER_SECONDS = 1

/** The one place where a failure becomes bytes. What we did not expect is logged and not shown. */
export async function answerFailure(failure: unknown, c: Context<Env>): Promise<Response> {
  const known = failure instanceof HTTPException ? fromHono(failure) : failure
  if (!(known instanceof AppError)) log(c, failure)
  else if (known.status >= 500 && known.cause) log(c, known.cause)
  const error = known instanceof AppError ? known : new AppError('internal')
  if (error.status === 503 || error.status === 507) {
    c.header('Retry-After', String(RETRY_AFTER_SECONDS))
  }
  // Who stops has no next answer for this connection.
  if (!(await isReadToItsEnd(c)) || error.code === 'shutting_down') c.header('Connection', 'close')
  const body: ErrorBody = {
    error: {
      code: error.code,
      message: error.message,
      ...(error.details === undefined ? {} : { details: error.details }),
      request_id: c.var.requestId,
    },
  }
  return c.json(body, error.status)
}

const fromHono = (failure: HTTPException) =>
  new AppError(
    failure.status === 404 ? 'not_found' : 'invalid_request',
    failure.message || undefined,
  )

function log(c: Context<Env>, failure: unknown): void {
  const text = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)
  process.stderr.write(`${c.var.requestId} ${c.req.method} ${c.req.path} ${text}\n`)
}
