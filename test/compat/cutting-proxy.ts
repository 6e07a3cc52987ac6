import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * Passes requests on, and cuts the connection of every third `POST /logs3` when its answer is here: what it
 * asked for is done, and its client cannot know. Keeps the Host, so that clients stay with the proxy.
 */
export async function openCuttingProxy(port: number) {
  let posts = 0
  let cuts = 0
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming
    const isPost = method === 'POST' && url === '/logs3'
    const isCut = isPost && ++posts % 3 === 2
    const passed = request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
      answer.once('end', () => isCut && outgoing.destroy())
      if (isCut) {
        cuts += 1
        answer.resume()
        return
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    // The server is away: so is the connection.
    passed.once('error', () => outgoing.destroy())
    incoming.pipe(passed)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** How many requests with rows came, and how many answers were withheld. */
    counts: () => ({ posts, cuts }),
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
