import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { API_KEY, newTraceId, rowId } from '../support/heed.ts'
import { Product } from '../support/product.ts'

/** When a body that has not arrived is given up at the latest: the limit, and when the server next looks. */
const GIVEN_UP_MS = 95_000

test('a body that never ends is given up, and holds no room for others', async () => {
  const product = await Product.start()
  const { hostname, port } = new URL(product.url)
  const socket = connect(Number(port), hostname)
  try {
    await once(socket, 'connect')
    let heard = ''
    socket.on('data', (data) => {
      heard += data
    })
    socket.on('error', () => {})
    socket.write(
      `POST /logs3 HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${API_KEY}\r\n` +
        'content-length: 1000000\r\n\r\n{"project_name":"slow","rows":[',
    )
    const begun = Date.now()
    const trickle = setInterval(() => socket.write(' '), 500)
    await Promise.race([once(socket, 'close'), sleep(GIVEN_UP_MS)])
    clearInterval(trickle)
    expect(heard).toMatch(/^HTTP\/1.1 408 /)
    expect(Date.now() - begun).toBeGreaterThan(50_000)
    const answer = await fetch(`${product.url}/logs3`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}` },
      body: JSON.stringify({
        project_name: 'slow',
        rows: [{ id: rowId(newTraceId(), 1), input: 'after' }],
      }),
    })
    expect(answer.status).toBe(200)
  } finally {
    socket.destroy()
    await product.stop()
  }
})
