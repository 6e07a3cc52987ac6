const HEED_ROW_ID = /^([0-9a-f]{32})-[0-9a-f]{16}$/

/** A row id of Heed's own SDKs starts with its trace id; of any other id only the server knows. */
export const traceIdOf = (rowId: string): string | null => HEED_ROW_ID.exec(rowId)?.[1] ?? null

/** A link may also name a whole trace, by its W3C id. */
export const isTraceId = (id: string): boolean => /^[0-9a-f]{32}$/.test(id)
