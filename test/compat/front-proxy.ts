import { createServer, request } from 'node:http'

/**
 * What stands before a server that others cannot reach: passes requests on under the name of the server behind it, as
 * proxies do that are not told otherwise, so that the server cannot know where it was called. Notes what was asked.
 */
export async function openFrontProxy(to: number, port: number) {
  const asked = new Set<string>()
  const server = createServer((incoming, outgoing) => {
    const { method = '', url = '' } = incoming
    const host = `127.0.0.1:${to}`
    asked.add(`${method} ${url.split('?')[0]}`)
    const passed = request(
      { host: '127.0.0.1', port: to, method, path: url, headers: { ...incoming.headers, host } },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
      },
    )
    passed.once('error', () => outgoing.destroy())
    outgoing.once('close', () => passed.destroy())
    incoming.pipe(passed)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    /** Each method and path that came since the last call. */
    takeAsked: () => {
      const taken = [...asked]
      asked.clear()
      return taken
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
