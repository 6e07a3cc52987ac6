import type { Samples } from './bodies.ts'
import type { Client } from './client.ts'
import { type Figure, figuresOf, timed } from './figure.ts'
import { tell } from './progress.ts'
import { ask, isAvailable } from './reads.ts'
import { READS, type Read } from './reads-table.ts'

const REPEATS = 100

/** The slow reads that run beside, the slowest that the server knows first. */
const SLOW = ['text search, nothing found', 'text search', 'scores of the project']

/** The newest list alone, and while two slow reads run all the time. */
export async function measureIsolation(client: Client, samples: Samples): Promise<Figure[]> {
  tell('a list beside slow queries')
  const list = named('newest 50 traces')
  const alone = await repeat(client, list, samples)
  const slow = await firstKnown(client, samples)
  let isOver = false
  const disturb = async (from: number) => {
    for (let n = from; !isOver; n += 2) await ask(client, slow, n, samples)
  }
  const disturbing = [disturb(0), disturb(1)]
  const beside = await repeat(client, list, samples)
  isOver = true
  await Promise.all(disturbing)
  const note = `two at once: ${slow.name}`
  return [
    ...figuresOf('newest 50 traces, alone', 'ms', alone, ['p50', 'p99']),
    ...figuresOf('newest 50 traces, beside slow queries', 'ms', beside, ['p50', 'p99']).map(
      (figure) => ({ ...figure, note }),
    ),
  ]
}

async function repeat(client: Client, read: Read, samples: Samples): Promise<number[]> {
  const times: number[] = []
  for (let n = 0; n < REPEATS; n++) {
    const { ms, result } = await timed(() => ask(client, read, n, samples))
    if (result.refusal !== null) throw new Error(`${read.name}: ${result.refusal}`)
    times.push(ms)
  }
  return times
}

async function firstKnown(client: Client, samples: Samples): Promise<Read> {
  for (const name of SLOW) {
    if (await isAvailable(client, named(name), samples)) return named(name)
  }
  throw new Error('The server knows none of the slow reads.')
}

function named(name: string): Read {
  const read = READS.find((one) => one.name === name)
  if (!read) throw new Error(`No read is named ${name}.`)
  return read
}
