import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newProject } from '../support/heed.ts'
import { Product } from '../support/product.ts'
import { testCitations } from './citations.ts'
import { runProgram, SDKS } from './sdks.ts'

let product: Product
beforeAll(async () => {
  product = await Product.start()
})
afterAll(async () => product?.stop())

describe.each(SDKS)('a logger of $name', (sdk) => {
  const project_name = newProject()
  let printed: Awaited<ReturnType<typeof runProgram>>
  const row = async (id: string) => (await product.get(`/v1/spans/${id}`, { project_name })).body

  beforeAll(async () => {
    printed = await runProgram(sdk, 'logger', product.url, { COMPAT_PROJECT: project_name })
  })

  test('says its project and its organisation', async () => {
    const { body } = await product.get('/v1/project', { project_name })
    const [{ id }] = body.objects
    expect(printed.project).toEqual({ id, name: project_name })
    expect(printed.org).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('a span is sent by its own flush, with an error that was told by hand', async () => {
    const flushed = await row(printed.flushed)
    expect(flushed.error_detail).toContain('told by hand')
    expect(flushed.end).toBeGreaterThan(0)
  })

  test('a slug names its project', () => {
    expect(printed.objectId).toBe(printed.project.id)
  })

  test('a login of its own has the same organisation and addresses', () => {
    const { org } = printed
    expect(printed.state).toEqual({ org, name: 'default', apiUrl: product.url })
  })

  if (sdk.language === 'typescript') {
    test('what is logged by a login of its own arrives', async () => {
      expect((await row(printed.beside)).input).toBe('by a state of its own')
    })

    test('a span hangs below the span ids that it is given', async () => {
      expect(await row(printed.placed)).toMatchObject({
        name: 'placed',
        span_id: '00f067aa0ba902b7',
        parent_id: printed.flushed,
      })
    })
  }

  test.runIf(sdk.name === 'npm 3.35.0')('names of projects and their ids are looked up', () => {
    const { id, name } = printed.project
    expect([printed.idOfName, printed.nameOfId]).toEqual([id, name])
  })

  test.runIf(sdk.language === 'python')('its connections are for requests by hand', () => {
    const { project, org, orgId, byApp, byApi, byProxy } = printed
    expect([byApp, orgId, byProxy]).toEqual([project.id, org, 200])
    expect(byApi.logs3_payload_max_bytes).toBeGreaterThan(0)
  })
})

testCitations('logger')
