import { afterAll, beforeAll, expect, test } from 'vitest'
import { newProject } from '../support/heed.ts'
import { Product } from '../support/product.ts'
import { openCuttingProxy } from './cutting-proxy.ts'
import { runProgram, SDKS } from './sdks.ts'

/** The SDKs wait for seconds between attempts. */
const FAULT_MS = 120_000

let product: Product
beforeAll(async () => {
  product = await Product.start()
})
afterAll(async () => product?.stop())

test.each(SDKS)('$name may come while the server starts', async (sdk) => {
  const project_name = newProject()
  await product.end('SIGTERM')
  let begin = () => {}
  const waits = new Promise<void>((resolve) => {
    begin = resolve
  })
  const running = runProgram(
    sdk,
    'first-contact',
    product.url,
    { COMPAT_PROJECT: project_name },
    begin,
  )
  await waits
  await product.start()
  const { id } = await running
  const { body } = await product.get(`/v1/spans/${id}`, { project_name })
  expect(body.name).toBe('early bird')
})

test.each(SDKS)(
  'answers that are lost and a server that is killed lose and double nothing of $name',
  async (sdk) => {
    const project_name = newProject()
    const proxy = await openCuttingProxy(product.port)
    try {
      const running = runProgram(sdk, 'steady', proxy.url, {
        COMPAT_PROJECT: project_name,
        BRAINTRUST_NUM_RETRIES: '5',
      })
      while (proxy.counts().posts < 4) await new Promise((resolve) => setTimeout(resolve, 10))
      await product.end('SIGKILL')
      await product.start()
      const ids: string[] = await running
      expect(proxy.counts().cuts).toBeGreaterThan(1)

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
    } finally {
      proxy.close()
    }
  },
  FAULT_MS,
)
