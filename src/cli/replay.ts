import { basename, extname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { type Fetch, HeedError, initLogger, type Stats } from 'heed'
import { CliError } from '../errors.ts'
import { readRuns, replayRun } from './recorded-run.ts'

const USAGE = 'npm run replay -- <file.jsonl> [options]'

/** Help is printed from this table, and arguments are parsed with it. */
const OPTIONS = {
  speed: { type: 'string', default: '5', help: 'runs per second; 0 is as fast as possible' },
  project: { type: 'string', help: "project to log to; default: the file's name" },
  score: { type: 'string', default: 'resolved', help: 'name of the score the reward becomes' },
  url: { type: 'string', help: 'address of Heed; default: HEED_URL, else http://127.0.0.1:4333' },
  help: { type: 'boolean', default: false, help: 'print this' },
} as const

/** More than this is not queued: a file may be larger than what the queue holds. */
const QUEUED_MAX = 500

const FLUSH_TIMEOUT_MS = 60_000
const FIRST_FLUSH_TIMEOUT_MS = 10_000

export interface ReplayOptions {
  readonly file: string
  /** Runs per second; 0 is as fast as the server takes them. */
  readonly speed: number
  readonly project: string
  readonly score: string
  readonly url?: string | undefined
}

/** The world around a replay. */
interface Effects {
  write(text: string): void
  readonly isTerminal: boolean
  /** Absent: the global fetch. */
  readonly fetch?: Fetch
}

const WORLD: Effects = {
  write: (text) => void process.stdout.write(text),
  isTerminal: process.stdout.isTTY === true,
}

export interface Replayed {
  readonly runs: number
  readonly spans: number
  readonly verdicts: number
  /** Mean of all rewards; null if there was none. */
  readonly meanReward: number | null
  /** The project in the dashboard. */
  readonly url: string
  readonly stats: Stats
}

/**
 * Replays recorded runs as traces with verdicts, and waits until all of it is stored. A file with
 * a bad line is refused before anything is sent. Throws CliError.
 */
export async function replay(options: ReplayOptions, effects = WORLD): Promise<Replayed> {
  const { file, project, speed, score: scoreName, url } = options
  let total = 0
  for await (const _ of readRuns(file)) total++
  if (total === 0) throw new CliError(`${file} has no runs`)

  const { fetch } = effects
  const onError = () => {} // what goes wrong is thrown by flush
  const logger = initLogger({ projectName: project, url, fetch, onError, setCurrent: false })
  const traceName = `${nameOf(file)} agent`
  const progress = progressOf(total, effects)
  const startedMs = Date.now()
  const rewards: number[] = []
  let runs = 0
  let spans = 0
  for await (const run of readRuns(file)) {
    if (speed > 0) await sleep(startedMs + (runs / speed) * 1000 - Date.now())
    spans += replayRun(run, { logger, traceName, scoreName })
    if (typeof run.reward === 'number') rewards.push(run.reward)
    runs++
    // The first run tells whether there is a server, and whether it takes the key.
    if (runs === 1) await delivered(logger.flush({ timeoutMs: FIRST_FLUSH_TIMEOUT_MS }))
    if (logger.stats().queued > QUEUED_MAX) await delivered(logger.flush())
    progress(runs, spans)
  }
  await delivered(logger.flush({ timeoutMs: FLUSH_TIMEOUT_MS }))
  const sum = rewards.reduce((left, right) => left + right, 0)
  return {
    runs,
    spans,
    verdicts: rewards.length,
    meanReward: rewards.length > 0 ? sum / rewards.length : null,
    url: `${logger.url}/app/default/p/${encodeURIComponent(project)}`,
    stats: logger.stats(),
  }
}

const nameOf = (file: string): string => basename(file, extname(file))

async function delivered(flushed: Promise<void>): Promise<void> {
  try {
    await flushed
  } catch (error) {
    if (error instanceof HeedError) throw new CliError(error.message, { cause: error })
    throw error
  }
}

/** A bar that is drawn over on a terminal; elsewhere a line for every tenth. */
function progressOf(total: number, { write, isTerminal }: Effects) {
  const width = 30
  let tenth = 0
  return (runs: number, spans: number): void => {
    const share = runs / total
    const count = `${runs}/${total} runs, ${spans} spans`
    if (isTerminal) {
      const bar = '█'.repeat(Math.round(share * width)).padEnd(width, '░')
      write(`\r${bar} ${count}${runs === total ? '\n' : ''}`)
    } else if (Math.floor(share * 10) > tenth) {
      tenth = Math.floor(share * 10)
      write(`${count}\n`)
    }
  }
}

/** The arguments of the command; null if help was asked for. Throws CliError. */
export function readArguments(args: readonly string[]): ReplayOptions | null {
  let parsed: ReturnType<typeof parse>
  try {
    parsed = parse(args)
  } catch (cause) {
    throw new CliError((cause as Error).message)
  }
  const { values, positionals } = parsed
  if (values.help) return null
  const [file, ...others] = positionals
  if (!file || others.length > 0) throw new CliError(`One file is needed: ${USAGE}`)
  const speed = Number(values.speed)
  if (!(speed >= 0 && speed < Number.POSITIVE_INFINITY)) {
    throw new CliError(`--speed is ${values.speed}; it must be a number of runs per second`)
  }
  return {
    file,
    speed,
    score: values.score,
    project: values.project || nameOf(file),
    url: values.url,
  }
}

const parse = (args: readonly string[]) =>
  parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })

export function help(): string {
  const lines = Object.entries(OPTIONS).map(([name, option]) => {
    const value = option.type === 'string' ? ' <value>' : ''
    const standard = 'default' in option && option.default ? ` (default ${option.default})` : ''
    return `  ${`--${name}${value}`.padEnd(20)}${option.help}${standard}\n`
  })
  return `Replays recorded agent runs as traces with verdicts. Format: docs/replay.md\n\n  ${USAGE}\n\n${lines.join('')}\nThe API key is read from HEED_API_KEY.\n`
}

function summary({ runs, spans, verdicts, meanReward, url }: Replayed, score: string): string {
  const mean = meanReward === null ? '' : ` Mean of ${score}: ${meanReward.toFixed(3)}.`
  return `Stored: ${runs} runs, ${spans} spans, ${verdicts} verdicts.${mean}\n${url}\n`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    const options = readArguments(process.argv.slice(2))
    process.stdout.write(options ? summary(await replay(options), options.score) : help())
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    process.stderr.write(`replay: ${error.message}\n`)
    process.exitCode = 1
  }
}
