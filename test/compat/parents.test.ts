import { initLogger } from 'heed'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { API_KEY, newProject } from '../support/heed.ts'
import { Product } from '../support/product.ts'
import { runProgram, SDKS } from './sdks.ts'

let product: Product
beforeAll(async () => {
  product = await Product.start()
})
afterAll(async () => product?.stop())

const HEX = { env: {}, ids: 'as it comes' }
const LEGACY = { env: { BRAINTRUST_LEGACY_IDS: '1' }, ids: 'UUIDs' }
const CASES = SDKS.flatMap((sdk) => [HEX, LEGACY].map((mode) => ({ sdk, ...mode })))

describe.each(CASES)('$sdk.name, ids $ids', ({ sdk, env }) => {
  const project_name = newProject()
  const open = () => initLogger({ projectName: project_name, url: product.url, apiKey: API_KEY })
  let ours: string
  let ids: Record<string, string>
  let slug: string
  let loggerSlug: string

  /** The row ids of a trace, with those of their parents. */
  async function parents(id: string): Promise<Record<string, string | null>> {
    const { body: span } = await product.get(`/v1/spans/${id}`, { project_name })
    const { body } = await product.get(`/v1/traces/${span.trace_id}`, { project_name })
    return Object.fromEntries(
      body.spans.map((one: { id: string; parent_id: string | null }) => [one.id, one.parent_id]),
    )
  }

  beforeAll(async () => {
    const logger = open()
    ours = logger.traced((span) => span.id, { name: 'ours' })
    await logger.flush()
    const wanted = { COMPAT_PROJECT: project_name, COMPAT_HEED_ID: ours, ...env }
    const printed = await runProgram(sdk, 'parents', product.url, wanted)
    ;({ ids, slug, loggerSlug } = printed)
  })

  test('a slug, span ids and a header hang a span below the one they name', async () => {
    const known = await parents(ids.root ?? '')
    const below = ['by slug', 'by slug of no logger', 'by ids', 'by header']
    for (const name of below.filter((one) => ids[one])) {
      expect([name, known[ids[name] ?? '']]).toEqual([name, ids.root])
    }
    expect(ids['by slug']).toBeTruthy()
  })

  test('a slug of a logger begins a trace', async () => {
    const id = ids['by logger slug'] ?? ''
    expect(await parents(id)).toEqual({ [id]: null })
  })

  test('a Heed id hangs their span below ours, by the helper of the documentation', async () => {
    const known = await parents(ours)
    for (const name of ['by heed id', 'by heed header'].filter((one) => ids[one])) {
      expect([name, known[ids[name] ?? '']]).toEqual([name, ours])
    }
    expect(ids['by heed id']).toBeTruthy()
  })

  test('their slug hangs our span below theirs', async () => {
    const logger = open()
    const id = logger.traced((span) => span.id, { name: 'below', parent: slug })
    const alone = logger.traced((span) => span.id, { name: 'alone', parent: loggerSlug })
    await logger.flush()
    expect((await parents(id))[id]).toBe(ids.root)
    expect(await parents(alone)).toEqual({ [alone]: null })
  })
})
