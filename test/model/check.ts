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
  for (const one of found.trace.histories) {
    let smallest = one
    let message = await differenceOf(heed, one)
    if (message === null) continue
    const until = Date.now() + SHRINK_MS
    for (let isSmaller = true; isSmaller && Date.now() < until; ) {
      isSmaller = false
      for (const candidate of smaller(smallest)) {
        const difference = await differenceOf(heed, candidate)
        if (difference === null) continue
        ;[smallest, message, isSmaller] = [candidate, difference, true]
        break
      }
    }
    return `HEED_MODEL_SEED=${seed}: ${told(smallest, smallest.timing)}\n${message}`
  }
  const { events, parcels } = found.trace
  const sendings = [...events.keys()].map(found.trace.sending)
  const timings = found.trace.histories.map(({ timing }) => timing).join()
  const together = told({ events, parcels, sendings, hasHeedIds: true }, timings)
  return `HEED_MODEL_SEED=${seed}, only together in one trace: ${together}\n${found.message}`
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
