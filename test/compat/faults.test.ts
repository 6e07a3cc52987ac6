import { afterAll, beforeAll, expect, test } from 'vitest'
import { API_KEY, newProject } from '../support/heed.ts'
import { Product } from '../support/product.ts'
import { openCuttingProxy } from './cutting-proxy.ts'
import { runProgram, SDKS } from './sdks.ts'

/** The SDKs wait for seconds between attempts. */
const FAULT_MS = 120_000

/** The SDKs go on trying for 3 s, at once, after 1 s and after 2 s more; a start takes some of them. */
const STOP_MS_MAX = 2_000

let product: Product
beforeAll(async () => {
  product = await Product.start()
})
afterAll(async () => product?.stop())

const moment = () => new Promise((resolve) => setTimeout(resolve, 10))

/** That each span, comment and vote of the program `steady` is there, and none of them twice. */
async function expectAllOnce(project_name: string, ids: readonly string[]) {
  const page = async (path: string) =>
    (await product.get(path, { project_name, limit: '1000' })).body
  const { spans } = await page('/v1/spans')
  expect(spans.map((span: { id: string }) => span.id).sort()).toEqual([...ids].sort())
  const { feedback } = await page('/v1/feedback')
  const said = (pick: (event: { comment: string; user: string; scores: [] }) => unknown) =>
    feedback.map(pick).filter(Boolean).sort()
  const every = (word: string) => ids.map((_, i) => `${word}${i}`).sort()
  expect(said((event) => event.comment)).toEqual(every('comment '))
  expect(said((event) => event.scores.length > 0 && event.user)).toEqual(every('u'))
  const { scores } = await page('/v1/scores')
  expect(scores).toEqual([{ name: 'helpful', mean: 0.5, n: ids.length }])
}

/** That each record of the program `steady-dataset` is there, as it was changed last, and none of them twice. */
async function expectRecordsOnce(project_name: string, dataset: string, ids: readonly string[]) {
  const { body } = await product.get('/v1/dataset', { project_name, dataset_name: dataset })
  const records: { id: string; input: number; expected: number }[] = []
  let cursor: string | null = null
  do {
    const page = await product.post(`/v1/dataset/${body.objects[0].id}/fetch`, { cursor })
    records.push(...page.body.events)
    cursor = page.body.cursor
  } while (cursor)
  const said = records.map(({ id, input, expected }) => [id, input, expected])
  expect(said.sort()).toEqual(ids.map((id, i) => [id, i, i + 1]).sort())
}

/** A dashboard that is open, as its stream of changes. */
const openPage = async () => {
  const headers = { authorization: `Bearer ${API_KEY}` }
  const { body } = await fetch(`${product.url}/v1/live`, { headers })
  await body?.getReader().read()
}

test.each(SDKS)(
  'a restart under an open dashboard loses and doubles nothing of $name as it comes',
  async (sdk) => {
    const project_name = newProject()
    const proxy = await openCuttingProxy(product.port, { cuts: false })
    try {
      await openPage()
      const running = runProgram(sdk, 'steady', proxy.url, { COMPAT_PROJECT: project_name })
      while (proxy.counts().posts < 4) await moment()
      const begun = performance.now()
      expect(await product.end('SIGTERM')).toBe(0)
      expect(performance.now() - begun).toBeLessThan(STOP_MS_MAX)
      await product.start()
      await expectAllOnce(project_name, await running)
      expect(proxy.counts().refusals).toBeGreaterThan(0)
    } finally {
      proxy.close()
    }
  },
  FAULT_MS,
)

test.each(SDKS)(
  'a restart loses and doubles no record of a dataset of $name as it comes',
  async (sdk) => {
    const project_name = newProject()
    const proxy = await openCuttingProxy(product.port, { cuts: false })
    try {
      const env = { COMPAT_PROJECT: project_name, COMPAT_DATASET: 'steady' }
      const running = runProgram(sdk, 'steady-dataset', proxy.url, env)
      while (proxy.counts().posts < 4) await moment()
      expect(await product.end('SIGTERM')).toBe(0)
      await product.start()
      await expectRecordsOnce(project_name, 'steady', await running)
      expect(proxy.counts().refusals).toBeGreaterThan(0)
    } finally {
      proxy.close()
    }
  },
  FAULT_MS,
)

test.each(SDKS)(
  'answers that are lost lose and double nothing of $name as it comes',
  async (sdk) => {
    const project_name = newProject()
    const proxy = await openCuttingProxy(product.port)
    try {
      const ids = await runProgram(sdk, 'steady', proxy.url, { COMPAT_PROJECT: project_name })
      expect(proxy.counts().cuts).toBeGreaterThan(1)
      await expectAllOnce(project_name, ids)
    } finally {
      proxy.close()
    }
  },
  FAULT_MS,
)

test.each(SDKS)(
  'answers that are lost and a server that is killed lose and double nothing of $name with more attempts',
  async (sdk) => {
    const project_name = newProject()
    const proxy = await openCuttingProxy(product.port)
    try {
      const running = runProgram(sdk, 'steady', proxy.url, {
        COMPAT_PROJECT: project_name,
        BRAINTRUST_NUM_RETRIES: '5',
      })
      while (proxy.counts().posts < 4) await moment()
      await product.end('SIGKILL')
      await product.start()
      const ids: string[] = await running
      expect(proxy.counts().cuts).toBeGreaterThan(1)
      await expectAllOnce(project_name, ids)
    } finally {
      proxy.close()
    }
  },
  FAULT_MS,
)
