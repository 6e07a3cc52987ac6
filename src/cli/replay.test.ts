import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Fetch } from 'heed'
import { expect, test } from 'vitest'
import { Row } from '../wire/rows.ts'
import { help, readArguments, replay } from './replay.ts'

const RUN = {
  task_id: 3,
  trial: 0,
  reward: 0,
  user_id: 'mia',
  expected_actions: [{ name: 'cancel', kwargs: { id: 'A1' } }],
  messages: [
    { role: 'system', content: 'policy text' },
    { role: 'user', content: 'cancel please' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'c1', type: 'function', function: { name: 'find', arguments: '{"user":"mia"}' } },
        { id: 'c2', type: 'function', function: { name: 'check', arguments: 'not json' } },
      ],
    },
    { role: 'tool', tool_call_id: 'c1', name: 'find', content: 'found A1' },
    { role: 'tool', tool_call_id: 'other', name: 'stray', content: 'stray answer' },
    { role: 'assistant', content: 'I cannot do that.' },
    { role: 'user', content: 'goodbye then' },
  ],
}

function fakeWorld(status = 200) {
  const rows: Row[] = []
  const feedback: { id: string }[] = []
  let text = ''
  const fetch: Fetch = async (_, { body, headers }) => {
    const stream = new Blob([body]).stream()
    const plain =
      headers['content-encoding'] === 'gzip'
        ? stream.pipeThrough(new DecompressionStream('gzip'))
        : stream
    const sent = JSON.parse(await new Response(plain).text())
    rows.push(...sent.rows.map((row: unknown) => Row.parse(row)))
    feedback.push(...sent.feedback)
    return { status, headers: new Headers(), text: async () => '{"rejected":[]}' }
  }
  const write = (more: string) => {
    text += more
  }
  return { rows, feedback, text: () => text, effects: { write, isTerminal: false, fetch } }
}

async function fileOf(...lines: unknown[]): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'replay-')), 'airline.jsonl')
  await writeFile(
    file,
    lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''),
  )
  return file
}

const optionsOf = (file: string) => ({ file, speed: 0, project: 'p', score: 'resolved' })

test('a run becomes a trace: a root, a child per turn and per tool call, and a verdict', async () => {
  const world = fakeWorld()
  const replayed = await replay(optionsOf(await fileOf(RUN)), world.effects)
  expect(replayed).toMatchObject({ runs: 1, spans: 7, verdicts: 1, meanReward: 0 })

  const named = world.rows.map((row) => [row.span_attributes?.name, row.span_attributes?.type])
  expect(named).toEqual([
    ['airline agent', 'task'],
    ['assistant', 'llm'],
    ['find', 'tool'],
    ['check', 'tool'],
    ['stray', 'tool'],
    ['assistant', 'llm'],
    ['user', 'task'],
  ])
  const [root, first, find, check] = world.rows
  expect(root).toMatchObject({
    input: 'cancel please',
    output: 'I cannot do that.',
    metadata: { task_id: 3, trial: 0, user_id: 'mia' },
  })
  expect(first).toMatchObject({ input: RUN.messages.slice(0, 2), output: RUN.messages[2] })
  expect(find).toMatchObject({ input: { user: 'mia' }, output: 'found A1' })
  expect(check?.input).toBe('not json')
  for (const child of world.rows.slice(1)) expect(child.span_parents).toEqual([root?.span_id])
  expect(world.feedback).toEqual([
    expect.objectContaining({
      id: root?.id,
      user: 'mia',
      scores: { resolved: 0 },
      expected: RUN.expected_actions,
      metadata: { task_id: 3, trial: 0 },
    }),
  ])
})

test('every message and every tool call is found in the trace', async () => {
  const world = fakeWorld()
  await replay(optionsOf(await fileOf(RUN)), world.effects)
  const sent = JSON.stringify(world.rows)
  for (const { content, tool_calls } of RUN.messages) {
    if (content) expect(sent).toContain(content)
    for (const call of tool_calls ?? []) expect(sent).toContain(call.id)
  }
})

test('a good run has no correction, and a run without a reward no verdict', async () => {
  const world = fakeWorld()
  const { verdicts } = await replay(
    optionsOf(await fileOf({ ...RUN, reward: 1 }, '', { messages: RUN.messages })),
    world.effects,
  )
  expect(verdicts).toBe(1)
  expect(world.feedback).toHaveLength(1)
  expect(world.feedback[0]).not.toHaveProperty('expected')
})

test('a bad line is named with its field, before anything is sent', async () => {
  const world = fakeWorld()
  const bad = { ...RUN, messages: [{ role: 'robot', content: 'x' }] }
  await expect(replay(optionsOf(await fileOf(RUN, bad)), world.effects)).rejects.toThrow(
    /airline\.jsonl, line 2: messages\.0\.role: must be system, user, assistant or tool/,
  )
  await expect(replay(optionsOf(await fileOf(RUN, '{oops')), world.effects)).rejects.toThrow(
    /line 2: not JSON/,
  )
  expect(world.rows).toEqual([])
})

test('a missing file, an empty file and a refused key are one clear sentence', async () => {
  await expect(replay(optionsOf('/nowhere.jsonl'))).rejects.toThrow(
    'There is no file /nowhere.jsonl',
  )
  await expect(replay(optionsOf(await fileOf('')))).rejects.toThrow('has no runs')
  const world = fakeWorld(401)
  await expect(replay(optionsOf(await fileOf(RUN)), world.effects)).rejects.toThrow(
    'set HEED_API_KEY',
  )
})

test('progress is a line for every tenth where there is no terminal', async () => {
  const world = fakeWorld()
  await replay(optionsOf(await fileOf(...Array.from({ length: 40 }, () => RUN))), world.effects)
  expect(world.text().split('\n').filter(Boolean)).toHaveLength(10)
})

test('speed is runs per second', async () => {
  const startedMs = Date.now()
  const file = await fileOf(RUN, RUN, RUN)
  await replay({ ...optionsOf(file), speed: 10 }, fakeWorld().effects)
  expect(Date.now() - startedMs).toBeGreaterThan(190)
})

test('help names every option, and arguments are checked', () => {
  for (const option of ['--speed', '--project', '--score', '--url', '--help']) {
    expect(help()).toContain(option)
  }
  expect(readArguments(['--help'])).toBeNull()
  expect(readArguments(['a/airline.jsonl'])).toEqual({
    file: 'a/airline.jsonl',
    speed: 5,
    project: 'airline',
    score: 'resolved',
    url: undefined,
  })
  expect(() => readArguments(['x', '--speed', 'fast'])).toThrow('--speed is fast')
  expect(() => readArguments([])).toThrow('One file is needed')
  expect(() => readArguments(['x', '--nope'])).toThrow('--nope')
})
