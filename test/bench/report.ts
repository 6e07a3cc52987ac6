import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import type { Figure } from './figure.ts'
import { GOAL_NAMES, type Goal, goalOf, isReached } from './goals.ts'

/** What the run was made with. */
export interface Run {
  readonly date: string
  readonly seed: number
  readonly spans: number
  readonly clients: number
  readonly rowsABody: number
  readonly isGzip: boolean
}

interface Line extends Figure {
  readonly goal: Goal | null
  /** 1 is as fast as the limit, 0.5 half as fast. */
  readonly ofLimit: number | null
  readonly isReached: boolean | null
}

const line = (figure: Figure, spans: number): Line => {
  const { measured, limit, unit } = figure
  const goal = goalOf(figure.name, spans) ?? null
  const isRate = unit === 'spans/s'
  const ofLimit =
    measured === null || limit === undefined || limit === null
      ? null
      : isRate
        ? measured / limit
        : limit / measured
  const reached = goal === null || measured === null ? null : isReached(goal, measured)
  return { ...figure, goal, ofLimit, isReached: reached }
}

/** Writes `<date>-<spans>.json` and `.md` to a folder. Returns the readable text. */
export function report(folder: string, run: Run, figures: readonly Figure[]): string {
  const lines = figures.map((figure) => line(figure, run.spans))
  const machine = {
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? 'unknown',
    memory_gb: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    commit: commit(),
  }
  const text = markdown(run, machine, lines)
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${run.date}-${run.spans}`)
  writeFileSync(`${file}.json`, `${JSON.stringify({ run, machine, figures: lines }, null, 2)}\n`)
  writeFileSync(`${file}.md`, text)
  return text
}

function markdown(run: Run, machine: Record<string, unknown>, lines: readonly Line[]): string {
  const missed = lines.filter((one) => one.isReached === false)
  const known = new Set(lines.filter((one) => one.measured !== null).map((one) => one.name))
  const unknown = GOAL_NAMES.filter((name) => !known.has(name))
  return [
    `# ${run.spans.toLocaleString('en')} spans, ${run.date}`,
    '',
    `${machine.cores} cores (${machine.cpu}), ${machine.memory_gb} GB, ${machine.platform}, Node ${machine.node}, ` +
      `commit ${machine.commit}. Seed ${run.seed}; ${run.clients} clients, ${run.rowsABody} spans a request` +
      `${run.isGzip ? ', gzip' : ''}. The load generator ran on the same cores.`,
    '',
    '| figure | measured | goal | reached | limit | of the limit | behind it |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...lines.map(
      (one, i) =>
        `| ${[
          one.name,
          one.measured === null ? (one.note ?? 'not available') : amount(one.measured, one.unit),
          one.goal ? goalText(one.goal, one.unit) : '',
          one.isReached === null ? '' : one.isReached ? 'yes' : '**no**',
          one.limit ? amount(one.limit, one.unit) : '',
          one.ofLimit === null ? '' : one.ofLimit.toFixed(2),
          // Percentiles of one series share what stands behind them.
          one.details && one.details === lines[i - 1]?.details ? '' : detailsText(one),
        ]
          .join(' | ')
          .replaceAll('\n', ' ')} |`,
    ),
    '',
    missed.length === 0
      ? 'Every goal that was measured is reached.'
      : `Missed: ${missed.map((one) => one.name).join('; ')}.`,
    ...(unknown.length === 0 ? [] : ['', `Not measured in this run: ${unknown.join('; ')}.`]),
    '',
  ].join('\n')
}

const goalText = (goal: Goal, unit: Figure['unit']) =>
  'atLeast' in goal ? `≥ ${amount(goal.atLeast, unit)}` : `≤ ${amount(goal.atMost, unit)}`

/** Three digits that matter, and the unit. */
function amount(value: number, unit: Figure['unit']): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  const text = value.toLocaleString('en', {
    minimumFractionDigits: 0,
    maximumFractionDigits: digits,
  })
  return unit === 'share' ? text : `${text} ${unit}`
}

function detailsText({ details = {}, note, measured }: Line): string {
  const parts = Object.entries(details).map(
    ([name, value]) => `${name.replaceAll('_', ' ')} ${Number(value.toPrecision(3))}`,
  )
  return [...(note && measured !== null ? [note] : []), ...parts].join(', ')
}

function commit(): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  try {
    const changed = git('status', '--porcelain', '--', 'src', 'sdk', 'package-lock.json') !== ''
    return `${git('rev-parse', '--short', 'HEAD')}${changed ? ' with changes' : ''}`
  } catch {
    return 'unknown'
  }
}
