import { connect, type Socket } from 'node:net'
import { API_KEY } from '../support/heed.ts'
import type { Product } from '../support/product.ts'

/** What small bodies may take of the server's memory together, and the largest that counts as small. */
const SMALL_BYTES_MAX = 8 * 2 ** 20
const SMALL_BYTES = 64 * 2 ** 10

/**
 * Begins requests with rows whose bodies do not come: each holds room in the server's memory. Resolves when
 * they are inside; call the result to give them up.
 */
export async function beginPosts(product: Product, count: number): Promise<() => void> {
  const head = [
    'POST /logs3 HTTP/1.1',
    `Host: 127.0.0.1:${product.port}`,
    `Authorization: Bearer ${API_KEY}`,
    `Content-Length: ${SMALL_BYTES}`,
  ]
  const sockets: Socket[] = Array.from({ length: count }, () => {
    const socket = connect(product.port, '127.0.0.1')
    socket.on('error', () => {}) // the server may give up first
    socket.write(`${head.join('\r\n')}\r\n\r\n{`)
    return socket
  })
  const wanted = count * SMALL_BYTES
  while ((await metric(product, 'heed_bodies_in_memory_bytes')) < wanted) {
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return () => {
    for (const socket of sockets) socket.destroy()
  }
}

/** As many as leave no room for another small body. */
export const fillMemory = (product: Product) => beginPosts(product, SMALL_BYTES_MAX / SMALL_BYTES)

/** A number of `/metrics`. */
export async function metric(product: Product, name: string): Promise<number> {
  const headers = { authorization: `Bearer ${API_KEY}` }
  const text = await (await fetch(`${product.url}/metrics`, { headers })).text()
  return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN)
}
