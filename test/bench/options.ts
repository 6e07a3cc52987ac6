import { parseArgs } from 'node:util'

/** What can be left out or run alone. */
const PARTS = ['sdk', 'ingest', 'start', 'reads', 'isolation', 'lone', 'votes', 'parts'] as const

export type Part = (typeof PARTS)[number]

export const HELP = `npm run bench -- [options]

  --spans N     how many spans: 100000 (default), 1000000, 10000000 or any other
  --seed N      of the data (default 1)
  --only A,B    some of ${PARTS.join(', ')}; for all but sdk a directory is filled first
  --dir DIR     keep the filled directory; one that is filled already is used as it is
  --out DIR     where the results go (default test/bench/results)
  --clients N   connections that fill (default 32)
  --rows N      spans a request (default 200)
  --gzip        compress the requests, as the SDK does
  --times N     how often each read is repeated, with other parameters each time (default 40)
`

/** Reads the command line. Throws for what cannot be. */
export function readOptions(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      spans: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string', default: PARTS.join(',') },
      dir: { type: 'string' },
      out: { type: 'string', default: 'test/bench/results' },
      clients: { type: 'string', default: '32' },
      rows: { type: 'string', default: '200' },
      gzip: { type: 'boolean', default: false },
      times: { type: 'string', default: '40' },
      help: { type: 'boolean', default: false },
    },
  })
  const whole = (name: 'spans' | 'seed' | 'clients' | 'rows' | 'times', min: number) => {
    const value = Number(values[name])
    if (Number.isSafeInteger(value) && value >= min) return value
    throw new Error(`--${name} must be a whole number from ${min}.`)
  }
  const named = values.only.split(',')
  const unknown = named.find((name) => !PARTS.some((part) => part === name))
  if (unknown !== undefined) throw new Error(`--only knows ${PARTS.join(', ')}; not ${unknown}.`)
  return {
    spans: whole('spans', 1000),
    seed: whole('seed', 0),
    clients: whole('clients', 1),
    times: whole('times', 1),
    packing: { rowsABody: whole('rows', 1), isGzip: values.gzip },
    isSdkOnly: named.every((name) => name === 'sdk'),
    has: (part: Part) => named.includes(part),
    dir: values.dir,
    out: values.out,
    isHelp: values.help,
  }
}
