import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Feedback } from '../../src/wire/feedback.ts'
import type { Trace } from '../../src/wire/traces.ts'
import { newProject } from '../support/heed.ts'
import { Product } from '../support/product.ts'
import { testCitations } from './citations.ts'
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

/** Whose votes on an answer stand, what it is on average, and who said what. */
interface Judged {
  /** User and value. */
  readonly votes: readonly unknown[][]
  readonly mean: number | undefined
  /** User and text. */
  readonly comments: readonly unknown[][]
}

const VOTES: Record<string, number> = { u1: 1, u2: 0, u3: 1 }

/**
 * What arrives of three users who judge one span, where the SDK sends each of these groups as one: of the
 * scores those of its last user, and the comment of its first user under that name as well, since both
 * share one object.
 */
function leftOf(...groups: readonly string[][]): Judged {
  const voters = groups.map((group) => group.at(-1) ?? '')
  const sum = voters.reduce((sum, user) => sum + (VOTES[user] ?? 0), 0)
  const comments = groups.flatMap((group, n) =>
    group.map((user, i) => [i === 0 ? voters[n] : user, `from ${user}`]),
  )
  return {
    votes: voters.map((user) => [user, VOTES[user]]),
    mean: sum / voters.length,
    comments: comments.sort(),
  }
}

const ALL_KEPT = leftOf(['u1'], ['u2'], ['u3'])

/** Of Python a thread of its own sends, at any moment. */
const ANY_GROUPS = [
  leftOf(['u1', 'u2', 'u3']),
  leftOf(['u1'], ['u2', 'u3']),
  leftOf(['u1', 'u2'], ['u3']),
  ALL_KEPT,
]

const MODES = [
  { mode: 'as it comes', env: {} },
  { mode: 'sending at flush() alone', env: { BRAINTRUST_SYNC_FLUSH: '1' } },
]

describe.each(SDKS.flatMap((sdk) => MODES.map((mode) => ({ sdk, ...mode }))))(
  'three users at once by $sdk.name, $mode',
  ({ sdk, mode, env }) => {
    const project_name = newProject()
    let ids: Record<'at once' | 'flushed' | 'child spans', string>
    beforeAll(async () => {
      ids = await runProgram(sdk, 'three-users', product.url, {
        COMPAT_PROJECT: project_name,
        ...env,
      })
    })

    async function judged(name: keyof typeof ids): Promise<Judged> {
      const { trace_id } = (await product.get(`/v1/spans/${ids[name]}`, { project_name })).body
      const trace: Trace = (await product.get(`/v1/traces/${trace_id}`, { project_name })).body
      const votes = trace.judgements.map(({ user, value }) => [user, value]).sort()
      const comments = trace.comments.map(({ user, text }) => [user, text]).sort()
      expect(trace.scores).toMatchObject([{ name: 'helpful', n: votes.length }])
      return { votes, mean: trace.scores[0]?.mean, comments }
    }

    test('in one moment the SDK keeps the scores of the last of those it sends together', async () => {
      const found = await judged('at once')
      if (mode !== 'as it comes') expect(found).toEqual(leftOf(['u1', 'u2', 'u3']))
      // The first call is on its way when the second comes.
      else if (sdk.language === 'typescript') expect(found).toEqual(leftOf(['u1'], ['u2', 'u3']))
      else expect(ANY_GROUPS).toContainEqual(found)
    })

    test('with flush() between them all is kept', async () => {
      expect(await judged('flushed')).toEqual(ALL_KEPT)
    })

    test('by child spans all is kept, in one moment too', async () => {
      expect(await judged('child spans')).toEqual(ALL_KEPT)
    })
  },
)

testCitations('feedback')
