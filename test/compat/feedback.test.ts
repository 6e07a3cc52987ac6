import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Feedback } from '../../src/wire/feedback.ts'
import type { Trace } from '../../src/wire/traces.ts'
import { newProject } from '../support/heed.ts'
import { Product } from '../support/product.ts'
import { runProgram, SDKS } from './sdks.ts'

let product: Product
beforeAll(async () => {
  product = await Product.start()
})
afterAll(async () => product?.stop())

describe.each(SDKS)('$name', (sdk) => {
  const project_name = newProject()
  let ids: Record<string, string>
  const row = async (name: string) =>
    (await product.get(`/v1/spans/${ids[name]}`, { project_name })).body
  const trace = async (name: string): Promise<Trace> =>
    (await product.get(`/v1/traces/${(await row(name)).trace_id}`, { project_name })).body
  const votes = ({ judgements }: Trace) =>
    judgements.map(({ name, value, user }) => [user, name, value]).sort()
  const said = ({ comments }: Trace) => comments.map(({ user, text }) => [user, text]).sort()

  beforeAll(async () => {
    ids = await runProgram(sdk, 'feedback', product.url, { COMPAT_PROJECT: project_name })
  })

  test('scores of every user stand beside each other, and users may be numbers', async () => {
    const found = await trace('kinds')
    expect(votes(found)).toEqual([
      ['4', 'helpful', 0],
      ['u1', 'helpful', 1],
      ['u1', 'tone', 0.25],
    ])
    expect(found.scores).toEqual([
      { name: 'helpful', mean: 0.5, n: 2 },
      { name: 'tone', mean: 0.25, n: 1 },
    ])
  })

  test('corrections, tags, comments and sources are in the ledger, with their users', async () => {
    const found = await trace('kinds')
    const of = (pick: (event: Feedback) => boolean) =>
      found.feedback.filter(pick).map(({ user, source }) => [user, source])
    expect(of((event) => event.expected === 'a better answer')).toEqual([['u2', 'app']])
    expect(of((event) => event.tags[0] === 'wrong')).toEqual([['u2', 'external']])
    expect(of((event) => event.metadata?.session === 's1')).toEqual([['u1', 'external']])
    expect(said(found)).toEqual([
      ['4', 'with a score'],
      ['u3', 'I do not agree'],
    ])
  })

  test('feedback leaves the span as it was logged', async () => {
    expect(await row('kinds')).toMatchObject({
      input: 'question',
      output: 'answer',
      metadata: null,
    })
  })

  test('a user changes a vote, retracts it and casts it again', async () => {
    const found = await trace('changed')
    expect(votes(found)).toEqual([['u1', 'helpful', 1]])
    expect(found.scores).toEqual([{ name: 'helpful', mean: 1, n: 1 }])
  })

  test('feedback that the SDK fused with its span is the vote of its user', async () => {
    const found = await trace('fused')
    expect(votes(found)).toEqual([['u1', 'helpful', 1]])
    expect(said(found)).toEqual([['u1', 'at once']])
    expect(found.feedback.map(({ source }) => source)).toEqual(['app', 'app'])
    expect(await row('fused')).toMatchObject({ input: 'question', output: 'answer' })
  })

  test('of three users in one moment no comment is lost, and no vote that the SDK sends', async () => {
    const found = await trace('three')
    expect(found.comments.map(({ text }) => text).sort()).toEqual(['from u1', 'from u2', 'from u3'])
    // The SDK merges what waits for the same row, users too: docs/compatibility.md says what to do.
    const users = votes(found).map(([user]) => user)
    expect(users).toContain('u3')
    expect(found.scores).toMatchObject([{ name: 'helpful', n: users.length }])
  })

  test('feedback that came before its span is attached to it', async () => {
    expect(votes(await trace('early'))).toEqual([['u1', 'helpful', 0]])
  })

  test('child spans of one user each are averaged as votes are', async () => {
    const found = await trace('parent')
    expect(found.scores).toEqual([{ name: 'helpful', mean: 0.75, n: 4 }])
    expect(votes(found)).toEqual([
      ['u1', 'helpful', 1],
      ['u2', 'helpful', 0],
      ['u3', 'helpful', 1],
      ['u4', 'helpful', 1],
    ])
    expect(said(found)).toContainEqual(['u2', 'from u2'])
  })
})
