import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { API_KEY, newProject } from '../support/heed.ts'
import { Product } from '../support/product.ts'

let product: Product
beforeAll(async () => {
  product = await Product.start()
})
afterAll(() => product?.stop())

async function post(path: string, body: object) {
  const response = await fetch(`${product.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}` },
    body: JSON.stringify(body),
  })
  // Any JSON: the test states what it expects of it.
  const answer: ReturnType<typeof JSON.parse> = await response.json()
  expect([path, response.status, answer.error]).toEqual([path, 200, undefined])
  return answer
}

test('datasets, versions, snapshots, experiments and attachments are there after a kill', async () => {
  const project_name = newProject()
  const { dataset } = await post('/api/dataset/register', { project_name, dataset_name: 'd' })
  const { experiment } = await post('/api/experiment/register', { project_name })
  const acknowledged = new Set<string>()
  let isKilled = false
  const writer = async (n: number) => {
    for (let i = 0; !isKilled; i++) {
      const id = `${n}-${i}`
      const rows = [
        { id, dataset_id: dataset.id, input: id },
        { id, experiment_id: experiment.id, span_id: id, root_span_id: id, input: id },
      ]
      try {
        await post('/logs3', { rows })
        acknowledged.add(id)
      } catch (reason) {
        if (!isKilled) throw reason
      }
    }
  }
  const key = crypto.randomUUID()
  const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251)
  const { signedUrl } = await post('/attachment', { key, filename: 'a', content_type: 'image/png' })
  expect((await fetch(signedUrl, { method: 'PUT', body: bytes })).status).toBe(200)
  await post('/attachment/status', { key, status: { upload_status: 'done' } })
  await post('/api/dataset_snapshot/register', {
    dataset_id: dataset.id,
    dataset_snapshot_name: 's',
    xact_id: '1000198260690255875',
  })
  const writing = [1, 2, 3, 4].map(writer)
  await expect.poll(() => acknowledged.size, { timeout: 20_000 }).toBeGreaterThan(30)
  isKilled = true
  await product.end('SIGKILL')
  await Promise.all(writing)
  await product.start()

  for (const path of [`/v1/dataset/${dataset.id}`, `/v1/experiment/${experiment.id}`]) {
    const found: string[] = []
    let cursor: string | null = null
    do {
      const page = await post(`${path}/fetch`, { limit: 1000, cursor })
      found.push(...page.events.map((event: { id: string }) => event.id))
      cursor = page.cursor
    } while (cursor)
    expect(found.length).toBe(new Set(found).size)
    expect([...acknowledged].filter((id) => !found.includes(id))).toEqual([])
  }
  const snapshots = await post('/api/dataset_snapshot/get', { dataset_id: dataset.id })
  expect(snapshots).toMatchObject([{ name: 's' }])
  const { body } = await product.get('/attachment', { key })
  expect(body.status).toEqual({ upload_status: 'done' })
  const read = new Uint8Array(await (await fetch(body.downloadUrl)).arrayBuffer())
  expect(sha256(read)).toBe(sha256(bytes))
})

test('an upload that is cut off leaves nothing', async () => {
  const key = crypto.randomUUID()
  const { signedUrl } = await post('/attachment', { key, filename: 'a', content_type: 'image/png' })
  const before = files()
  const halfway = new ReadableStream({
    start: (controller) => controller.enqueue(new Uint8Array(1000)),
    pull: (controller) => controller.error(new Error('cut')),
  })
  const request = { method: 'PUT', body: halfway, duplex: 'half' } as RequestInit
  await expect(fetch(signedUrl, request)).rejects.toThrow()
  await expect.poll(files).toEqual(before)
  const { body } = await product.get('/attachment', { key })
  expect((await fetch(body.downloadUrl)).status).toBe(404)
})

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** The files of attachments, half ones too. */
function files(): string[] {
  const folder = join(product.dataDir, 'attachments')
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
}
