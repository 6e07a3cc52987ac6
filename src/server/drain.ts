import type { ServerType } from '@hono/node-server'

/** How long a stop waits for requests that are under way, in milliseconds. */
const DRAIN_MS = 5_000

/** Takes no connection any more; resolves when every request is answered, or was given up. */
export async function drained(server: ServerType): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  // A connection that is kept alive ends when its last request is answered.
  const sweep = setInterval(
    () => 'closeIdleConnections' in server && server.closeIdleConnections(),
    20,
  )
  const tooLong = setTimeout(
    () => 'closeAllConnections' in server && server.closeAllConnections(),
    DRAIN_MS,
  )
  await closed
  clearInterval(sweep)
  clearTimeout(tooLong)
}
