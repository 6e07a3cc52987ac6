import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { API_KEY } from '../support/heed.ts'
import { Product } from '../support/product.ts'

const DISK_BYTES = 48 * 2 ** 20
const BALLAST_BYTES = 20 * 2 ** 20

let product: Product | undefined
let disk: string | undefined
afterAll(async () => {
  await product?.end('SIGKILL')
  if (disk) execFileSync('umount', ['-l', disk])
  await product?.stop()
})

const canMount = process.platform === 'linux' && process.getuid?.() === 0

test.runIf(canMount)(
  'a full disk refuses writes with 507, reads go on, and freed it heals by itself with all that was acknowledged',
  async () => {
    product = await Product.start()
    await product.end('SIGKILL')
    disk = product.dataDir
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', disk])
    await product.start()
    const { url } = product
    const post = async (path: string, body: object) => {
      const response = await fetch(url + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${API_KEY}` },
        body: JSON.stringify({ project_name: 'full', ...body }),
      })
      const answer: ReturnType<typeof JSON.parse> = await response.json()
      return { status: response.status, retryAfter: response.headers.get('retry-after'), answer }
    }
    /** Ten rows that cannot be compressed. */
    const rows = (batch: number) =>
      Array.from({ length: 10 }, (_, i) => ({
        id: `r${batch}-${i}`,
        span_id: `s${batch}-${i}`,
        input: Buffer.from(crypto.getRandomValues(new Uint8Array(48_000))).toString('base64'),
      }))
    const acknowledged: string[] = []
    /** Sends rows and remembers those that are acknowledged. */
    const store = async (sent: { id: string }[]) => {
      const result = await post('/logs3', { rows: sent })
      if (result.status === 200) acknowledged.push(...sent.map(({ id }) => id))
      return result
    }
    expect((await store(rows(0))).status).toBe(200)
    writeFileSync(`${disk}/ballast`, Buffer.alloc(BALLAST_BYTES))
    let stored = 1
    let refused: Awaited<ReturnType<typeof post>> | undefined
    while (!refused && stored < 400) {
      const result = await store(rows(stored))
      if (result.status === 200) stored += 1
      else refused = result
    }
    expect(refused).toMatchObject({ status: 507, retryAfter: '1' })
    expect(refused?.answer.error.code).toBe('storage_full')
    const listed = async () => {
      const query = { project_name: 'full', limit: '1000' }
      const { body } = await (product as Product).get('/v1/traces', query)
      return body.traces.map((trace: { id: string }) => trace.id) as string[]
    }
    expect(acknowledged.length).toBeLessThan(1000)
    const missing = (ids: string[]) => acknowledged.filter((id) => !ids.includes(id))
    expect(missing(await listed())).toEqual([])

    rmSync(`${disk}/ballast`)
    await expect.poll(async () => (await store([{ id: 'after' }])).status).toBe(200)
    const ids = await listed()
    expect(ids).toContain('after')
    expect(missing(ids)).toEqual([])
    expect(ids.length).toBe(new Set(ids).size)
    await product.end('SIGKILL')
    await product.start()
    expect(missing(await listed())).toEqual([])
  },
  60_000,
)
