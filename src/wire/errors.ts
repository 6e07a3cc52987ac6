import { z } from 'zod'

/** Every failure, from every route. `code` is one of docs/errors.md. */
export const ErrorBody = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.unknown().optional(),
    request_id: z.string(),
  }),
})

export type ErrorBody = z.output<typeof ErrorBody>
