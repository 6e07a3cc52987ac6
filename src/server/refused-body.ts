import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'

/** How long the next bytes are waited for, and all of them, in milliseconds. */
const PAUSE_MS = 500
const ALL_MS = 5_000

/** How much is read at most, in bytes. */
const BYTES_MAX = 64 * 2 ** 20

/**
 * Reads what is left of a body that is refused, and throws it away. A connection that is closed with unread
 * bytes is reset, and who sends all before it listens would never see why (RFC 9112, section 9.6). Resolves
 * to whether all of it came: otherwise the connection cannot be used again.
 */
export function isReadToItsEnd(c: Context): Promise<boolean> {
  // Who asks the app itself, without a port, has no connection.
  const incoming = (c.env as HttpBindings | undefined)?.incoming
  if (!incoming || incoming.readableEnded) return Promise.resolve(true)
  if (incoming.destroyed) return Promise.resolve(false)
  return new Promise((resolve) => {
    let bytes = 0
    const end = () => {
      clearTimeout(pause)
      clearTimeout(all)
      incoming.off('data', count).off('end', end).off('close', end)
      resolve(incoming.readableEnded)
    }
    const pause = setTimeout(end, PAUSE_MS)
    const all = setTimeout(end, ALL_MS)
    // A stream that was begun on it and given up would pause it for ever.
    incoming.removeAllListeners('data')
    const count = (chunk: Buffer) => {
      bytes += chunk.byteLength
      if (bytes > BYTES_MAX) end()
      else pause.refresh()
    }
    incoming.on('data', count).on('end', end).on('close', end)
    incoming.resume()
  })
}
