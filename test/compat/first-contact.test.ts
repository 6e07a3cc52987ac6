import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newProject } from '../support/heed.ts'
import { freePort, Product } from '../support/product.ts'
import { openCuttingProxy } from './cutting-proxy.ts'
import { runProgram, SDKS, type Sdk } from './sdks.ts'
import { beginPosts, fillMemory, metric } from './slow-body.ts'

const CONTACT_MS = 60_000

let product: Product
beforeAll(async () => {
  product = await Product.start()
})
afterAll(async () => product?.stop())

const moment = () => new Promise((resolve) => setTimeout(resolve, 10))

/** Starts the program that logs as soon as a port is open; resolves when it waits for that. */
async function waitingFor(sdk: Sdk, url: string, project_name: string) {
  let begin = () => {}
  const waits = new Promise<void>((resolve) => {
    begin = resolve
  })
  const running = runProgram(sdk, 'first-contact', url, { COMPAT_PROJECT: project_name }, begin)
  await Promise.race([waits, running])
  return { running }
}

async function expectArrived(project_name: string, id: string) {
  const { body } = await product.get(`/v1/spans/${id}`, { project_name })
  expect(body.name).toBe('early bird')
}

test.each(SDKS)(
  '$name may come while the server starts',
  async (sdk) => {
    const project_name = newProject()
    await product.end('SIGTERM')
    const { running } = await waitingFor(sdk, product.url, project_name)
    await product.start()
    await expectArrived(project_name, (await running).id)
  },
  CONTACT_MS,
)

test.each(SDKS)(
  '$name may come while the server stops: its rows wait for the next one',
  async (sdk) => {
    const project_name = newProject()
    const port = await freePort()
    const { running } = await waitingFor(sdk, `http://127.0.0.1:${port}`, project_name)
    const giveUp = await beginPosts(product, 1)
    const ended = product.end('SIGTERM')
    while ((await product.get('/healthz')).status !== 503) await moment()
    const proxy = await openCuttingProxy(product.port, { port, cuts: false })
    try {
      while (proxy.counts().refusals === 0) await moment()
      giveUp()
      expect(await ended).toBe(0)
      await product.start()
      await expectArrived(project_name, (await running).id)
    } finally {
      proxy.close()
    }
  },
  CONTACT_MS,
)

test.each(SDKS)(
  '$name may come while nothing more can be stored',
  async (sdk) => {
    const project_name = newProject()
    const giveUp = await fillMemory(product)
    try {
      const refused = await metric(product, 'heed_requests_failed_total')
      const running = runProgram(sdk, 'first-contact', product.url, {
        COMPAT_PROJECT: project_name,
      })
      // A row of it is refused: so it was let in before.
      while ((await metric(product, 'heed_requests_failed_total')) === refused) await moment()
      giveUp()
      await expectArrived(project_name, (await running).id)
    } finally {
      giveUp()
    }
  },
  CONTACT_MS,
)

describe('what comes before the first row', () => {
  /** Every request of it, for a project that is new. */
  async function contacts() {
    const project_name = newProject()
    const login = await product.post('/api/apikey/login', {})
    const project = await product.post('/api/project/register', { project_name })
    const project_id = project.body.project?.id
    const dataset = await product.post('/api/dataset/register', { project_id, dataset_name: 'd' })
    const dataset_id = dataset.body.dataset?.id
    const experiment = await product.post('/api/experiment/register', {
      project_id,
      experiment_name: 'e',
    })
    const rest = await product.post('/v1/experiment', { project_id, name: 'f' })
    const answers = [
      ...[login, project, dataset, experiment, rest],
      await product.get('/version'),
      await product.get('/api/project', { id: project_id }),
      await product.post('/api/experiment/get', { project_id, experiment_name: 'e' }),
      await product.post('/api/self/get_object_info', {
        object_type: 'dataset',
        object_ids: [dataset_id],
      }),
      await product.post('/v1/project', { name: project_name }),
      await product.post('/v1/dataset', { project_id, name: 'd' }),
      await product.get(`/v1/project/${project_id}`),
      await product.get(`/v1/dataset/${dataset_id}`),
      await product.get(`/v1/experiment/${rest.body.id}`),
    ]
    return { statuses: answers.map(({ status }) => status), dataset_id }
  }
  const all = Array.from({ length: 14 }, () => 200)
  const row = { project_name: 'nobody', rows: [{ id: 'a' }] }

  test('is answered while rows are refused', async () => {
    const giveUp = await fillMemory(product)
    try {
      const { status, body } = await product.post('/logs3', row)
      expect([status, body.error?.code]).toEqual([503, 'overloaded'])
      expect((await contacts()).statuses).toEqual(all)
    } finally {
      giveUp()
    }
  })

  test('is answered while the server stops, and what it made is there afterwards', async () => {
    const giveUp = await beginPosts(product, 1)
    const ended = product.end('SIGTERM')
    while ((await product.get('/healthz')).status !== 503) await moment()
    const { statuses, dataset_id } = await contacts()
    const refused = [await product.post('/logs3', row), await product.get('/v1/projects')]
    giveUp()
    expect(statuses).toEqual(all)
    expect(refused.map(({ body }) => body.error?.code)).toEqual(['shutting_down', 'shutting_down'])
    expect(await ended).toBe(0)
    await product.start()
    expect((await product.get(`/v1/dataset/${dataset_id}`)).body.name).toBe('d')
  })
})
