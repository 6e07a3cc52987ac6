import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { initLogger } from 'heed'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { API_KEY, newProject } from '../support/heed.ts'
import { Product } from '../support/product.ts'
import { testCitations } from './citations.ts'
import { HEED_PYTHON, runProgram, SDKS } from './sdks.ts'

let product: Product
beforeAll(async () => {
  product = await Product.start()
})
afterAll(async () => product?.stop())

const HEX = { env: {}, ids: 'as it comes' }
const LEGACY = { env: { BRAINTRUST_LEGACY_IDS: '1' }, ids: 'UUIDs' }
const CASES = SDKS.flatMap((sdk) => [HEX, LEGACY].map((mode) => ({ sdk, ...mode })))

/** Ways to name a parent, beside the slugs that every version takes, which a version has none of. */
const LACKS: Record<string, readonly string[]> = {
  // No W3C headers, neither to write nor to take.
  'npm 0.4.10': ['by header', 'by heed header'],
  // No argument for the ids of spans.
  'PyPI 0.48.1': ['by ids'],
  'PyPI 0.7.0': ['by ids', 'by header', 'by heed header'],
}

/** A header has room for hex digits alone: with UUIDs the SDKs write none. */
const LACKS_WITH_UUIDS = ['by header']

/** The row ids of a trace, with those of their parents. */
async function parents(project_name: string, id: string): Promise<Record<string, string | null>> {
  const { body: span } = await product.get(`/v1/spans/${id}`, { project_name })
  const { body } = await product.get(`/v1/traces/${span.trace_id}`, { project_name })
  return Object.fromEntries(
    body.spans.map((one: { id: string; parent_id: string | null }) => [one.id, one.parent_id]),
  )
}

/** Spans of our own SDKs, one below each of the parents; their row ids by language and name. */
async function ours(project_name: string, given: Record<string, string>) {
  const logger = initLogger({ projectName: project_name, url: product.url, apiKey: API_KEY })
  const names = Object.entries(given)
  const typescript = Object.fromEntries(
    names.map(([name, parent]) => [name, logger.traced((span) => span.id, { name, parent })]),
  )
  await logger.flush()
  const python: Record<string, string> = await runProgram(HEED_PYTHON, 'below', product.url, {
    COMPAT_PROJECT: project_name,
    COMPAT_PARENTS: JSON.stringify(given),
    HEED_URL: product.url,
    HEED_API_KEY: API_KEY,
    PYTHONPATH: fileURLToPath(new URL('../../sdk/python/src', import.meta.url)),
  })
  return { typescript, python }
}

describe.each(CASES)('$sdk.name, ids $ids', (mode) => {
  const { sdk, env } = mode
  const project_name = newProject()
  const lacks = [...(LACKS[sdk.name] ?? []), ...(mode.ids === LEGACY.ids ? LACKS_WITH_UUIDS : [])]
  const has = (name: string) => !lacks.includes(name)
  let heedId: string
  let ids: Record<string, string>
  let slug: string
  let loggerSlug: string

  beforeAll(async () => {
    const logger = initLogger({ projectName: project_name, url: product.url, apiKey: API_KEY })
    heedId = logger.traced((span) => span.id, { name: 'ours' })
    await logger.flush()
    const wanted = { COMPAT_PROJECT: project_name, COMPAT_HEED_ID: heedId, ...env }
    const printed = await runProgram(sdk, 'parents', product.url, wanted)
    ;({ ids, slug, loggerSlug } = printed)
  })

  test('a slug, span ids and a header hang a span below the one they name', async () => {
    const known = await parents(project_name, ids.root ?? '')
    for (const name of ['by slug', 'by slug of no logger', 'by ids', 'by header'].filter(has)) {
      expect([name, known[ids[name] ?? '']]).toEqual([name, ids.root])
    }
  })

  test('what this version has no way to say is not said, and all else was', () => {
    const every = [
      ...['root', 'by slug', 'by slug of no logger', 'by logger slug', 'by ids', 'by header'],
      ...['by heed id', 'by heed header'],
    ]
    expect(Object.keys(ids).sort()).toEqual(every.filter(has).sort())
  })

  test('a slug of a logger begins a trace', async () => {
    const id = ids['by logger slug'] ?? ''
    expect(await parents(project_name, id)).toEqual({ [id]: null })
  })

  test('a Heed id hangs their span below ours, by the helper of the documentation', async () => {
    const known = await parents(project_name, heedId)
    for (const name of ['by heed id', 'by heed header'].filter(has)) {
      expect([name, known[ids[name] ?? '']]).toEqual([name, heedId])
    }
  })

  test('their slug hangs our span below theirs', async () => {
    for (const { below, alone } of Object.values(
      await ours(project_name, { below: slug, alone: loggerSlug }),
    )) {
      const known = await parents(project_name, below ?? '')
      expect(known[below ?? '']).toBe(ids.root)
      expect(await parents(project_name, alone ?? '')).toEqual({ [alone ?? '']: null })
    }
  })
})

describe.each(CASES)('slugs of before in $sdk.name, ids $ids', ({ sdk, env }) => {
  const project_name = newProject()
  // As the SDKs of that time made it: all ids are UUIDs.
  const [id = '', span_id = '', root_span_id = ''] = [randomUUID(), randomUUID(), randomUUID()]
  let slugs: Record<'one' | 'two' | 'named' | 'logger', string>
  let spans: Record<keyof typeof slugs, string[]>

  beforeAll(async () => {
    const project_id = (await product.post('/v1/project', { name: project_name })).body.id
    const row = { id, span_id, root_span_id, created: new Date().toISOString(), output: 'before' }
    await product.post('/logs3', { rows: [{ ...row, project_id, log_id: 'g' }], api_version: 2 })
    const COMPAT_SPAN = JSON.stringify({ project_id, project_name, row })
    ;({ slugs, spans } = await runProgram(sdk, 'old-slugs', product.url, { COMPAT_SPAN, ...env }))
  })

  test('a slug of version 1 or 2 hangs a span below the one it names, or begins a trace', async () => {
    const known = await parents(project_name, id)
    for (const name of ['one', 'two', 'named'] as const) {
      expect([name, spans[name].map((one) => known[one])]).toEqual([name, [id, id]])
    }
    for (const alone of spans.logger) {
      expect(await parents(project_name, alone)).toEqual({ [alone]: null })
    }
  })

  test('updateSpan by such a slug changes that span and nothing else', async () => {
    const { body } = await product.get(`/v1/spans/${id}`, { project_name })
    expect(body.output).toBe('before')
    expect(body.metadata).toEqual({ one: 'changed', two: 'changed', named: 'changed' })
  })

  test('our own SDKs take such slugs', async () => {
    for (const by of Object.values(await ours(project_name, slugs))) {
      const known = await parents(project_name, id)
      const { logger = '', ...below } = by
      expect(Object.values(below).map((one) => known[one])).toEqual([id, id, id])
      expect(await parents(project_name, logger)).toEqual({ [logger]: null })
    }
  })
})

testCitations('parents')
