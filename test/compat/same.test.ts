import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Feedback } from '../../src/wire/feedback.ts'
import { API_KEY, newProject } from '../support/heed.ts'
import { Product } from '../support/product.ts'
import { held, heldDatasets } from './held.ts'
import { HEED_PYTHON, HEED_TYPESCRIPT, NEWEST, runProgram, type Sdk } from './sdks.ts'

const [OFFICIAL_TYPESCRIPT, OFFICIAL] = NEWEST

let product: Product
beforeAll(async () => {
  product = await Product.start()
})
afterAll(async () => product?.stop())

/** Runs a program in a project of its own; what the server then holds of it. */
async function run(sdk: Sdk, name: string) {
  const project_name = newProject()
  const printed = await runProgram(sdk, name, product.url, {
    COMPAT_PROJECT: project_name,
    HEED_URL: product.url,
    HEED_API_KEY: API_KEY,
    PYTHONPATH: fileURLToPath(new URL('../../sdk/python/src', import.meta.url)),
  })
  return { project_name, printed }
}

/** What the server holds of a program that was run with both packages at the same time. */
async function heldOfBoth(official: Sdk, heed: Sdk) {
  const heldOf = async (sdk: Sdk) => held(product, (await run(sdk, 'same')).project_name)
  const [theirs, ours] = await Promise.all([heldOf(official), heldOf(heed)])
  return { theirs, ours }
}

test('a program of which only the import changes leaves the same on the server', async () => {
  const { theirs, ours } = await heldOfBoth(OFFICIAL, HEED_PYTHON)
  expect(theirs.flatMap(({ spans }) => spans)).toHaveLength(52)
  expect(ours).toEqual(theirs)
}, 120_000)

test('the same holds in TypeScript', async () => {
  const { theirs, ours } = await heldOfBoth(OFFICIAL_TYPESCRIPT, HEED_TYPESCRIPT)
  expect(theirs.flatMap(({ spans }) => spans)).toHaveLength(31)
  expect(ours).toEqual(theirs)
}, 120_000)

test('a program with a dataset of which only the import changes reads and leaves the same', async () => {
  const theirs = await run(OFFICIAL, 'same-dataset')
  const ours = await run(HEED_PYTHON, 'same-dataset')
  expect(ours.printed).toEqual(theirs.printed)
  const datasets = await heldDatasets(product, theirs.project_name)
  expect(datasets.map(({ name, records }) => [name, records.length])).toEqual([
    ['logs', 0],
    ['questions', 5],
  ])
  expect(await heldDatasets(product, ours.project_name)).toEqual(datasets)
})

describe.each([
  {
    sdk: OFFICIAL,
    self: 'Index object',
    error: /^Traceback/,
    source: 'external',
    events: 2,
    told: {
      isCurrentInReader: true,
      score: 'ValueError',
      tags: 'ValueError',
      isinstance: null,
      flush: null,
    },
    count: { output: [0, 1, 2] },
    left: { output: null, error: 'GeneratorExit' },
    long: { output: null },
    old: { input: 'asked' },
    root: { tags: [] },
  },
  {
    sdk: HEED_PYTHON,
    self: undefined,
    error: /^no word\n\nTraceback/,
    source: 'api',
    events: 1,
    told: {
      isCurrentInReader: false,
      score: null,
      tags: null,
      isinstance: 'TypeError',
      flush: 'HeedError',
    },
    count: { output: { yielded: [0, 1, 2], returned: 'returned' } },
    left: { output: [0], error: null },
    long: { output: { yielded: Array.from({ length: 1000 }, (_, n) => n), returned: 'returned' } },
    old: { input: null, rest: { inputs: 'asked' } },
    root: { tags: ['one'] },
  },
])('what differs: $sdk.name', ({ sdk, self, error, source, events, told, ...spans }) => {
  let look: { input: { self?: string }; error_detail: string }
  let feedback: Feedback[]
  let printed: object
  const named: Record<string, object> = {}
  beforeAll(async () => {
    const ran = await run(sdk, 'differs')
    printed = ran.printed
    const { project_name } = ran
    const { body } = await product.get('/v1/spans', { project_name })
    for (const { id, name } of body.spans) {
      named[name] = (await product.get(`/v1/spans/${id}`, { project_name })).body
    }
    look = named.look as typeof look
    feedback = (await product.get('/v1/feedback', { project_name })).body.feedback
  })

  test('what its calls raise, and whether a generator is current in its reader', () => {
    expect(printed).toEqual(told)
  })

  test('what a generator leaves that returns, is left or is long, an input of an old name, and a tag given twice', () => {
    expect(named).toMatchObject(spans)
  })

  test('the object of a method is in its input or is not', () => {
    if (self) expect(look.input.self).toContain(self)
    else expect(look.input).toEqual({ word: 'word' })
  })

  test('an error begins with its traceback or with its message', () => {
    expect(look.error_detail).toMatch(error)
  })

  test('scores with a comment are two events or one, of the source the package names', () => {
    expect(feedback).toHaveLength(events)
    expect(new Set(feedback.map((event) => event.source))).toEqual(new Set([source]))
  })
})

describe.each([
  {
    sdk: OFFICIAL_TYPESCRIPT,
    told: { wrapped: 'a promise', isIdExported: false, besideSpans: 'thrown' },
    source: 'external',
    events: 2,
  },
  {
    sdk: HEED_TYPESCRIPT,
    told: { wrapped: 'word', isIdExported: true, besideSpans: 'logged' },
    source: 'api',
    events: 1,
  },
])('what differs in TypeScript: $sdk.name', ({ sdk, told, source, events }) => {
  test('what its calls give, and the events of scores with a comment', async () => {
    const { project_name, printed } = await run(sdk, 'differs')
    expect(printed).toEqual(told)
    const { feedback } = (await product.get('/v1/feedback', { project_name })).body
    expect(feedback).toHaveLength(events)
    expect(new Set(feedback.map((event: Feedback) => event.source))).toEqual(new Set([source]))
  })
})
