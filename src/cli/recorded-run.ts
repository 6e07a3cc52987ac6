import { open } from 'node:fs/promises'
import type { Logger, Span } from 'heed'
import { z } from 'zod'
import { CliError } from '../errors.ts'

const Text = z.union([z.string(), z.array(z.unknown())], 'must be text or a list of parts')

const ToolCall = z.looseObject({
  id: z.string().optional(),
  function: z.looseObject({ name: z.string().min(1), arguments: z.string().optional() }),
})

const Message = z.looseObject({
  role: z.enum(['system', 'user', 'assistant', 'tool'], {
    error: 'must be system, user, assistant or tool',
  }),
  content: Text.nullish(),
  tool_calls: z.array(ToolCall).nullish(),
  tool_call_id: z.string().nullish().describe('On a tool message: the call it answers.'),
  name: z.string().nullish().describe('On a tool message: the tool.'),
})

const Label = z.union([z.string(), z.number()], 'must be a string or a number')

/** One recorded run of an agent, a line of the file. docs/replay.md tells the format to users. */
export const RecordedRun = z.looseObject({
  messages: z.array(Message, 'must be a list').min(1, 'must not be empty'),
  reward: z.number().min(0).max(1).nullish().describe('The verdict: 1 right, 0 wrong.'),
  expected_actions: z.json().optional().describe('What would have been right.'),
  user_id: z.string().min(1).nullish(),
  task_id: Label.nullish(),
  trial: Label.nullish(),
})

export type RecordedRun = z.output<typeof RecordedRun>
type Message = z.output<typeof Message>

/** The runs of a JSONL file, in order; empty lines are skipped. Throws CliError naming line and field. */
export async function* readRuns(path: string): AsyncGenerator<RecordedRun> {
  const file = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw new CliError(cause.code === 'ENOENT' ? `There is no file ${path}` : cause.message)
  })
  try {
    let line = 0
    for await (const text of file.readLines()) {
      line++
      // Some editors begin a file with a mark of its encoding.
      const run = line === 1 ? text.replace(/^\ufeff/, '') : text
      if (run.trim() !== '') yield parseRun(run, `${path}, line ${line}`)
    }
  } finally {
    await file.close()
  }
}

function parseRun(text: string, where: string): RecordedRun {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new CliError(`${where}: not JSON (${(cause as Error).message})`)
  }
  const parsed = RecordedRun.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const field = issue?.path.join('.') || 'the line'
  throw new CliError(`${where}: ${field}: ${issue?.message}`)
}

/** How a run becomes a trace. */
export interface Replay {
  readonly logger: Logger
  /** Name of the root span. */
  readonly traceName: string
  /** Name of the score that the reward is logged under. */
  readonly scoreName: string
}

/**
 * Logs one run as a trace: a root, an `llm` span per assistant turn with the messages so far as
 * input, a `tool` span per call, and the reward as the user's verdict. No message is left out.
 * Returns how many spans it took.
 */
export function replayRun(run: RecordedRun, { logger, traceName, scoreName }: Replay): number {
  const { messages, reward, user_id, task_id, trial } = run
  const labels = { task_id: task_id ?? undefined, trial: trial ?? undefined }
  const lastTurn = messages.findLastIndex(({ role }) => role === 'assistant')
  const root = logger.startSpan({
    name: traceName,
    type: 'task',
    parent: null,
    event: {
      input: messages.find(({ role }) => role === 'user')?.content ?? messages[0]?.content,
      output: messages.findLast(({ role, content }) => role === 'assistant' && content)?.content,
      metadata: { ...labels, user_id: user_id ?? undefined },
    },
  })
  let spans = 1
  for (const [at, message] of messages.entries()) {
    if (message.role === 'assistant') {
      step(root, 'assistant', 'llm', messages.slice(0, at), message)
      spans += 1 + replayTools(root, messages, at)
    } else if (at > lastTurn && message.role !== 'tool') {
      // No turn follows whose input would show it.
      step(root, message.role, 'task', message)
      spans++
    }
  }
  root.end()
  if (reward !== null && reward !== undefined) {
    root.logFeedback({
      user: user_id,
      scores: { [scoreName]: reward },
      expected: reward === 0 ? run.expected_actions : undefined,
      metadata: labels,
    })
  }
  return spans
}

/** A span per call of this turn, with its answer, and per answer that no call asked for. */
function replayTools(root: Span, messages: readonly Message[], turn: number): number {
  const after = messages.slice(turn + 1)
  const next = after.findIndex(({ role }) => role === 'assistant')
  const answers = new Set(
    after.slice(0, next === -1 ? undefined : next).filter(({ role }) => role === 'tool'),
  )
  let spans = answers.size
  for (const call of messages[turn]?.tool_calls ?? []) {
    const all = [...answers]
    const answer = all.find(({ tool_call_id }) => tool_call_id && tool_call_id === call.id)
    if (answer) answers.delete(answer)
    else spans++
    step(root, call.function.name, 'tool', parsedArguments(call), answer?.content)
  }
  for (const { name, content } of answers) step(root, name ?? 'tool', 'tool', undefined, content)
  return spans
}

function step(root: Span, name: string, type: string, input: unknown, output?: unknown): void {
  root.startSpan({ name, type, event: { input, output } }).end()
}

/** Arguments are JSON in a string; what a model wrote badly stays text. */
function parsedArguments({ function: { arguments: text } }: z.output<typeof ToolCall>): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return text
  }
}
