import { setImmediate as turn } from 'node:timers/promises'
import type { ServerType } from '@hono/node-server'

/** How long those who knock while a port closes are taken in, in milliseconds. */
const KNOCKS_MS = 500

/** Takes no connection any more; resolves when every request is answered, or after so many milliseconds given up. */
export async function drained(server: ServerType, waitMs: number): Promise<void> {
  await takenIn(server)
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

/**
 * Resolves when nobody waits at the door: who is still there when a port closes is reset. The loop takes in one
 * connection a turn, and after work that kept this thread many wait; a turn without any says that none is left.
 */
async function takenIn(server: ServerType): Promise<void> {
  const until = performance.now() + KNOCKS_MS
  let isAnybody = true
  const note = () => {
    isAnybody = true
  }
  server.on('connection', note)
  while (isAnybody && performance.now() < until) {
    isAnybody = false
    await turn()
    await turn()
  }
  server.off('connection', note)
}
