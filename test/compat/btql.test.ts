import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newProject } from '../support/heed.ts'
import { Product } from '../support/product.ts'
import { HOSTILE_TEXTS } from './hostile-texts.ts'
import { runProgram, SDKS } from './sdks.ts'

let product: Product
beforeAll(async () => {
  product = await Product.start()
})
afterAll(async () => product?.stop())

describe.each(SDKS)('what $name reads by filters', (sdk) => {
  /** Newest first. */
  const thirds = ['n33', 'n30', 'n27', 'n24', 'n21', 'n18', 'n15', 'n12']
  let printed: Awaited<ReturnType<typeof runProgram>>
  beforeAll(async () => {
    printed = await runProgram(sdk, 'btql', product.url, {
      COMPAT_PROJECT: newProject(),
      COMPAT_TEXTS: JSON.stringify(HOSTILE_TEXTS),
    })
  }, 120_000)

  test('of a dataset: what the filter lets through, newest first, also at a version and page by page', () => {
    const { filtered, pinned, paged, limited } = printed.dataset
    expect(filtered).toEqual(['late', ...thirds.slice(0, -1)])
    expect(pinned).toEqual(thirds)
    expect(paged).toEqual(filtered)
    // The older ones read on beyond the limit that they are given.
    const isLimited = ['npm 3.35.0', 'PyPI 0.48.1'].includes(sdk.name)
    expect(limited).toEqual(isLimited ? filtered.slice(0, 3) : filtered)
  })

  test('of an experiment, and of logs where it can, newest first', () => {
    const sources = [printed.experiment, ...(printed.logs ? [printed.logs] : [])]
    expect(sources).toHaveLength(sdk.name === 'npm 0.4.10' ? 1 : 2)
    for (const { filtered, paged } of sources) {
      expect(filtered).toEqual(thirds)
      expect(paged).toEqual(filtered)
    }
  })

  test('text of any kind is found as what it is, whether it is an id, a value or a name', () => {
    const found = Object.fromEntries(HOSTILE_TEXTS.map((text, i) => [text, printed.texts[i]]))
    const wanted = HOSTILE_TEXTS.map((text) => [text, [[text], [text], [text]]])
    expect(found).toEqual(Object.fromEntries(wanted))
  })
})

type Row = Record<string, unknown>

const ident = (...name: (string | number)[]) => ({ op: 'ident', name })
const literal = (value: unknown) => ({ op: 'literal', value })
const eq = (name: (string | number)[], value: unknown) => ({
  op: 'eq',
  left: ident(...name),
  right: literal(value),
})

describe('hostile text', () => {
  /** Of each source: its name in a query, its id, and the key that says so in a row. */
  const sources: { name: string; id: string; names: Row }[] = []
  const from = ({ name, id }: { name: string; id: string }) => ({
    op: 'function',
    name: ident(name),
    args: [literal(id)],
  })
  const ask = (query: Row, more: Row = {}) =>
    product.post('/btql', { query: { select: [{ op: 'star' }], ...query }, ...more })

  async function idsOf(source: { name: string; id: string }, query: Row = {}): Promise<string[]> {
    const ids: string[] = []
    let cursor: string | null = null
    do {
      const { status, body } = await ask({ from: from(source), ...query, cursor })
      expect([status, body.error]).toEqual([200, undefined])
      ids.push(...body.data.map((row: Row) => row.id))
      cursor = body.cursor
    } while (cursor)
    return ids.sort()
  }

  const everything = HOSTILE_TEXTS.toSorted()

  beforeAll(async () => {
    const project_name = newProject()
    const { body: registered } = await product.post('/api/project/register', { project_name })
    const project_id = registered.project.id
    const dataset = (await product.post('/v1/dataset', { project_id, name: 'd' })).body
    const experiment = (await product.post('/v1/experiment', { project_id, name: 'e' })).body
    sources.push(
      { name: 'project_logs', id: project_id, names: { project_id, log_id: 'g' } },
      { name: 'dataset', id: dataset.id, names: { dataset_id: dataset.id } },
      { name: 'experiment', id: experiment.id, names: { experiment_id: experiment.id } },
    )
    for (const { names } of sources) {
      const rows = HOSTILE_TEXTS.map((text) => ({
        ...{ id: text, span_id: text, root_span_id: text, input: text, metadata: { [text]: text } },
        ...names,
      }))
      const { body } = await product.post('/logs3', { rows })
      expect(body.rejected).toEqual([])
    }
  })

  /** Nothing was lost, nothing became more, and nothing else is shown. */
  async function expectIntact() {
    for (const source of sources) expect(await idsOf(source)).toEqual(everything)
  }

  test('as a value finds the row that has it, and no other', async () => {
    for (const source of sources) {
      const asked = HOSTILE_TEXTS.map(async (text) => {
        // These two are looked up by the engine.
        const found = ['id', 'root_span_id'].map((name) =>
          idsOf(source, { filter: eq([name], text) }),
        )
        expect([text, await Promise.all(found)]).toEqual([text, [[text], [text]]])
      })
      await Promise.all(asked)
      const children = HOSTILE_TEXTS.map((text) => eq(['input'], text))
      expect(await idsOf(source, { filter: { op: 'or', children } })).toEqual(everything)
      const among = { op: 'in', left: ident('id'), right: literal(HOSTILE_TEXTS) }
      expect(await idsOf(source, { filter: among })).toEqual(everything)
    }
    await expectIntact()
  }, 60_000)

  test('as a name is that name, and of rows without it nothing', async () => {
    for (const source of sources) {
      for (const text of HOSTILE_TEXTS) {
        const byName = eq(['metadata', text], text)
        const own = ['id', 'input', 'span_id', 'root_span_id', 'metadata', 'project_id']
        const others = [
          ['input', text],
          ['metadata', text, text],
          ...(own.includes(text) ? [] : [[text]]),
        ]
        const children = [byName, ...others.map((name) => eq(name, text))]
        expect([text, await idsOf(source, { filter: { op: 'or', children } })]).toEqual([
          ...[text, [text]],
        ])
      }
      const nowhere = HOSTILE_TEXTS.flatMap((text) => [
        ['input', text],
        ['metadata', text, text],
      ])
      const children = nowhere.map((name) => ({ op: 'isnotnull', expr: ident(...name) }))
      expect(await idsOf(source, { filter: { op: 'or', children } })).toEqual([])
    }
    await expectIntact()
  }, 60_000)

  test('in any other place is refused by the name of the place', async () => {
    const [source] = sources
    if (!source) throw new Error('There is no source.')
    const ok = { from: from(source) }
    for (const text of [...HOSTILE_TEXTS, `${source.id}' OR 1=1 --`, `${source.id}\u0000`]) {
      const places: [string, Row, Row?][] = [
        ['query.from.name.name.0', { from: { ...ok.from, name: ident(text) } }],
        ['query.from.args.0.value', { from: from({ ...source, id: text }) }],
        ['query.from.op', { from: { ...ok.from, op: text } }],
        ['query.from.shape', { from: { ...ok.from, shape: text } }],
        ['query.select.0.op', { ...ok, select: [{ op: text }] }],
        ['query.filter.op', { ...ok, filter: { op: text, left: ident('id'), right: literal(1) } }],
        ['query.filter', { ...ok, filter: text }],
        ['query.sort.0.expr.name.0', { ...ok, sort: [{ expr: ident(text), dir: 'desc' }] }],
        [
          'query.sort.0.expr.name.0',
          { ...ok, sort: [{ expr: ident('_pagination_key'), dir: 'desc' }] },
        ],
        ['query.sort.0.dir', { ...ok, sort: [{ expr: ident('created'), dir: text }] }],
        ['query.limit', { ...ok, limit: text }],
        ['cursor', { ...ok, cursor: text }],
        [`query.${text}`, { ...ok, [text]: text }],
        ['fmt', ok, { fmt: text }],
        ['version', ok, { version: text }],
        [text, ok, { [text]: text }],
      ]
      const asked = places.map(async ([field, query, more]) => {
        const { status, body } = await ask(query, more)
        const fields = body.error?.details?.map((one: Row) => one.field)
        expect([text, field, status, fields]).toEqual([text, field, 400, [field]])
      })
      await Promise.all(asked)
    }
    await expectIntact()
  }, 60_000)

  test('in a cursor that somebody made is a place like any other, or none', async () => {
    const made = (place: unknown) => Buffer.from(JSON.stringify(place)).toString('base64url')
    const numbers = [0, -1, 1.5, 253_402_300_800_000, Number.MAX_SAFE_INTEGER, 1e300]
    const versions = ['0', '18446744073709551615', '18446744073709551616', '99999999999999999999']
    for (const source of sources) {
      const cursors = [
        ...HOSTILE_TEXTS.flatMap((text) => [made([Date.now(), text]), made(['1', 1, text])]),
        ...HOSTILE_TEXTS.map((text) => made([text, 1, 'a'])),
        ...numbers.flatMap((number) => [made([number, 'a']), made(['1', number, 'a'])]),
        ...versions.map((version) => made([version, 1, 'a'])),
        made(null),
        made({ __proto__: null, 0: 1 }),
      ]
      const asked = cursors.map(async (cursor) => {
        const { status, body } = await ask({ from: from(source), cursor, limit: 3 })
        if (status === 200) {
          const strangers = body.data.filter((row: Row) => !everything.includes(String(row.id)))
          expect(strangers).toEqual([])
        } else expect([status, body.error.details[0].field]).toEqual([400, 'cursor'])
      })
      await Promise.all(asked)
    }
    await expectIntact()
  }, 60_000)

  test('in what the SDK says of itself changes nothing', async () => {
    const [source] = sources
    if (!source) throw new Error('There is no source.')
    const asked = HOSTILE_TEXTS.map(async (text) => {
      const said = { query_source: text, use_columnstore: text, brainstore_realtime: [text] }
      const { status, body } = await ask({ from: from(source), limit: 1 }, said)
      expect([status, body.data.length]).toEqual([200, 1])
    })
    await Promise.all(asked)
  })
})
