/** Version 7 and variant 10 of RFC 9562, as the server has it: of any other id it asks the row for its trace. */
const HEED_ROW_ID = /^([0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15})-[0-9a-f]{16}$/

/** Times of this moment and later are none to the server, in Unix milliseconds. */
const MILLIS_MAX = Date.UTC(2200, 0, 1)

/** A row id of Heed's own SDKs starts with its trace id; of any other id only the server knows. */
export function traceIdOf(rowId: string): string | null {
  const traceId = HEED_ROW_ID.exec(rowId)?.[1] ?? null
  return traceId !== null && Number.parseInt(traceId.slice(0, 12), 16) < MILLIS_MAX ? traceId : null
}

/** A link may also name a whole trace, by its W3C id; but rows of other SDKs may have such ids too. */
export const isTraceId = (id: string): boolean => /^[0-9a-f]{32}$/.test(id)
