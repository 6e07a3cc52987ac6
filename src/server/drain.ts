import type { ServerType } from '@hono/node-server'

/** Takes no connection any more; resolves when every request is answered, or after so many milliseconds given up. */
export async function drained(server: ServerType, waitMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  // A connection that is kept alive ends when its last request is answered.
  const sweep = setInterval(
    () => 'closeIdleConnections' in server && server.closeIdleConnections(),
    20,
  )
  const tooLong = setTimeout(
    () => 'closeAllConnections' in server && server.closeAllConnections(),
    waitMs,
  )
  await closed
  clearInterval(sweep)
  clearTimeout(tooLong)
}
