import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { API_KEY } from '../support/heed.ts'
import { Product } from '../support/product.ts'

/** How long a stop waits for requests that are under way (src/server/open.ts), in milliseconds. */
const DRAIN_MS = 5_000

const PROJECT = { project_name: 'known' }

let product: Product
beforeAll(async () => {
  product = await Product.start()
})
afterAll(() => product?.stop())

/** A request whose body is not there yet. */
function begin(path: string, bytes: number): ClientRequest {
  const headers = { authorization: `Bearer ${API_KEY}`, 'content-length': bytes }
  const begun = request(product.url + path, { method: 'POST', headers })
  begun.on('error', () => {})
  begun.flushHeaders()
  return begun
}

test('a first contact that comes at the end of a stop is answered, though a slow request took all its time', async () => {
  const body = JSON.stringify(PROJECT)
  expect((await product.post('/api/project/register', PROJECT)).status).toBe(200)
  const slow = begin('/logs3', 1000)
  slow.write('{"rows":[')
  await sleep(100)

  const stopped = product.end('SIGTERM')
  await sleep(DRAIN_MS - 50)
  const late = begin('/api/project/register', Buffer.byteLength(body))
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    late.on('response', resolve).on('error', reject)
  })
  await sleep(300)
  late.end(body)
  expect((await answered).statusCode).toBe(200)
  slow.destroy()
  await stopped
}, 30_000)
