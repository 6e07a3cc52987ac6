/** Every failure a caller can meet: its code on the wire, HTTP status, and sentence. docs/errors.md lists them. */
const ERRORS = {
  invalid_request: [400, 'The request does not have the expected form.'],
  invalid_json: [400, 'The body is not valid JSON.'],
  body_cut_short: [400, 'Fewer bytes came than Content-Length says.'],
  base_experiment_not_found: [400, 'There is no base experiment to compare with.'],
  invalid_encoding: [400, 'The body does not match its Content-Encoding, or is not UTF-8.'],
  unauthorized: [401, 'The API key is missing or unknown, or this browser is not signed in.'],
  forbidden_origin: [403, 'A signed-in browser must send the header X-Heed-Request.'],
  address_expired: [403, 'This address has expired; ask for a new one.'],
  not_found: [404, 'There is nothing at this address.'],
  project_not_found: [404, 'No project has that name or id.'],
  trace_not_found: [404, 'No trace with that id has arrived in this project.'],
  span_not_found: [404, 'No span with that id has arrived in this project.'],
  feedback_not_found: [404, 'No feedback with that id has arrived in this project.'],
  dataset_not_found: [404, 'No dataset has that id.'],
  experiment_not_found: [404, 'No experiment has that id.'],
  snapshot_not_found: [404, 'No snapshot has that id.'],
  attachment_not_found: [404, 'No attachment with that key has been announced or stored.'],
  name_taken: [409, 'Another thing has that name.'],
  upload_missing: [409, 'The bytes of this attachment have not been stored.'],
  payload_too_large: [413, 'The body is larger than this server accepts.'],
  unsupported_encoding: [415, 'Content-Encoding must be gzip or identity.'],
  query_too_large: [422, 'The answer would take too long or too much memory. Narrow the filter.'],
  trace_too_large: [422, 'A trace has more spans than can be put into one tree.'],
  internal: [500, 'Heed failed. The log of the server tells why, under this request id.'],
  query_queue_full: [503, 'Too many large queries wait already. Retry.'],
  overloaded: [503, 'More is arriving than can be stored; nothing of this request was. Retry.'],
  storage_unavailable: [503, 'The database did not store or answer; retrying is safe.'],
  shutting_down: [503, 'The server is stopping; retry with its successor.'],
  storage_full: [507, 'The disk is full: reading works, writing does not. Retry later.'],
} as const satisfies Record<string, readonly [status: number, message: string]>

export type ErrorCode = keyof typeof ERRORS

/** All codes, for the documentation's test. */
export const ERROR_CODES = Object.keys(ERRORS) as ErrorCode[]

/** A failure we expect and explain. Anything else that is thrown is a bug: 500, logged, not shown. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly status: (typeof ERRORS)[ErrorCode][0]
  readonly details: unknown
  constructor(code: ErrorCode, details?: unknown, options?: ErrorOptions) {
    super(ERRORS[code][1], options)
    this.code = code
    this.status = ERRORS[code][0]
    this.details = details
  }
}

/** A failure of a command: one line for the operator, no stack. */
export class CliError extends Error {
  override readonly name = 'CliError'
}
