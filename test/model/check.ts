import fc from 'fast-check'
import type { Heed } from '../support/heed.ts'
import { type History, history } from './history.ts'
import { type Difference, run } from './run.ts'
import { smaller } from './smaller.ts'
import { begin, Trace } from './trace.ts'

/** How many histories share a trace, in turn: alone is as it is in life, many are read at once. */
const SHARED = [1, 2, 12, 35]

/** Histories that are delivered side by side, so that one commit serves them all. */
const TOGETHER = 1000

/** How long a failing history is made smaller, in milliseconds. */
const SHRINK_MS = 60_000

/** Random histories, the same for a seed. */
const generate = (count: number, seed: number) =>
  fc.sample(history, { numRuns: count, seed }) as History[]

/**
 * Tries so many random histories, and returns how many. The first that leaves another state than
 * the oracle says is made as small as it still fails, and thrown as a text that a person reads.
 */
export async function checkHistories(heed: Heed, count: number, seed: number): Promise<number> {
  for (let done = 0; done < count; done += TOGETHER) {
    // A seed for each round: not all histories are held at once.
    const histories = generate(Math.min(TOGETHER, count - done), seed + done)
    const [first] = await run(heed, traces(histories))
    if (first) throw new Error(await explained(heed, first, seed))
  }
  return count
}

/** What a history by itself leaves that the oracle does not say; null: nothing. */
export async function differenceOf(heed: Heed, one: History): Promise<string | null> {
  const [difference] = await run(heed, [new Trace([one], begin())])
  return difference?.message ?? null
}

function traces(histories: readonly History[]): Trace[] {
  const left = [...histories]
  const result: Trace[] = []
  const begun = begin()
  while (left.length > 0) {
    const size = SHARED[result.length % SHARED.length] ?? 1
    result.push(new Trace(left.splice(0, size), begun))
  }
  return result
}

async function explained(heed: Heed, found: Difference, seed: number): Promise<string> {
  const { traces, message } = await narrowed(heed, found)
  const stories: string[] = []
  for (const trace of traces) {
    for (const one of trace.histories) {
      const difference = await differenceOf(heed, one)
      if (difference === null) continue
      const [smallest, why] = await smallestOf(heed, one, difference)
      return `HEED_MODEL_SEED=${seed}: ${told(smallest, smallest.timing)}\n${why}`
    }
    const { events, parcels } = trace
    const sendings = [...events.keys()].map(trace.sending)
    const timings = trace.histories.map(({ timing }) => timing).join()
    stories.push(told({ events, parcels, sendings, hasHeedIds: true }, timings))
  }
  const where = traces.length === 1 ? 'in one trace' : `of ${traces.length} traces`
  return `HEED_MODEL_SEED=${seed}, only together ${where}: ${stories.join('\n')}\n${message}`
}

/** As few of the traces as still fail when they are delivered again. */
async function narrowed(heed: Heed, found: Difference): Promise<Difference> {
  const { traces } = found
  if (traces.length === 1) return found
  const middle = traces.length >> 1
  for (const half of [traces.slice(0, middle), traces.slice(middle)]) {
    const [difference] = await run(
      heed,
      half.map(({ histories }) => new Trace(histories, begin())),
    )
    if (difference) return narrowed(heed, difference)
  }
  return found
}

/** A failing history made smaller as long as it fails, and why it does. */
async function smallestOf(
  heed: Heed,
  one: History,
  message: string,
  until = Date.now() + SHRINK_MS,
): Promise<[smallest: History, message: string]> {
  for (const candidate of smaller(one)) {
    if (Date.now() > until) break
    const difference = await differenceOf(heed, candidate)
    if (difference !== null) return smallestOf(heed, candidate, difference, until)
  }
  return [one, message]
}

/** A history as a person reads it. */
function told(
  { events, sendings, parcels, hasHeedIds }: Omit<History, 'timing'>,
  timings: string,
): string {
  const sent = (n: number) => {
    const { skewMs, isNamed } = sendings[n] ?? { skewMs: 0, isNamed: true }
    return `${skewMs ? ` (by a clock ${skewMs} ms fast)` : ''}${isNamed ? '' : ' (without an id)'}`
  }
  return [
    `a history of ${hasHeedIds ? 'Heed' : 'foreign'} ids, ordered by ${timings}, fails. It happened:`,
    ...events.map((event, n) => `  ${n}. ${JSON.stringify(event)}${sent(n)}`),
    `and arrived as ${JSON.stringify(parcels)}.`,
  ].join('\n')
}
