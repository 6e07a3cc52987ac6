import { createHash } from 'node:crypto'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Options {
  /** Where to listen; absent: on a port that is free. */
  readonly port?: number
  /** Whether the answers of every third `POST /logs3` are withheld. */
  readonly cuts?: boolean
}

/**
 * Passes requests on, each by a connection of its own, and cuts that of every third `POST /logs3` when its answer is
 * here: what it asked for is done, and its client cannot know. Of the same body only once. Keeps the Host, so that
 * clients stay with the proxy.
 */
export async function openCuttingProxy(
  to: number,
  { port = 0, cuts: isCutting = true }: Options = {},
) {
  const counts = { posts: 0, cuts: 0, refusals: 0 }
  const bodiesCut = new Set<string>()
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming
    const isPost = method === 'POST' && url === '/logs3'
    const isThird = isPost && ++counts.posts % 3 === 2
    const hash = createHash('sha256')
    incoming.on('data', (chunk) => hash.update(chunk))
    const target = { host: '127.0.0.1', port: to, method, path: url, headers, agent: false }
    const passed = request(target, (answer) => {
      if (isPost && answer.statusCode === 503) counts.refusals += 1
      const body = hash.digest('hex')
      if (isCutting && isThird && answer.statusCode === 200 && !bodiesCut.has(body)) {
        bodiesCut.add(body)
        counts.cuts += 1
        answer.once('end', () => outgoing.destroy())
        answer.resume()
        return
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    // The server is away: so is the connection.
    passed.once('error', () => {
      if (isPost) counts.refusals += 1
      outgoing.destroy()
    })
    incoming.pipe(passed)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** How many requests with rows came, whose answers were withheld, and that were not taken. */
    counts: () => ({ ...counts }),
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
