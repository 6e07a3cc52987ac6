import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { API_KEY } from '../support/heed.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** An official SDK as published, in a process of its own. */
export interface Sdk {
  readonly name: string
  readonly language: 'typescript' | 'python'
  /** The npm package of the TypeScript SDKs. */
  readonly module: string
  /** What runs a program, and the ending of its file. */
  readonly command: string
  readonly ending: 'mjs' | 'py'
}

const typescript = (name: string, module: string): Sdk => ({
  name,
  language: 'typescript',
  module,
  command: process.execPath,
  ending: 'mjs',
})

const python = (name: string, venv: string): Sdk => ({
  name,
  language: 'python',
  module: 'braintrust',
  command: here(`.venv/${venv}/bin/python`),
  ending: 'py',
})

const NEWEST_TYPESCRIPT = typescript('npm 3.35.0', 'braintrust')
const NEWEST_PYTHON = python('PyPI 0.48.1', 'latest')

export const TYPESCRIPT = [NEWEST_TYPESCRIPT, typescript('npm 0.4.10', 'braintrust-old')]
export const PYTHON = [NEWEST_PYTHON, python('PyPI 0.7.0', 'old')]
export const SDKS = [...TYPESCRIPT, ...PYTHON]

/** Of each language the one whose every export the page lists. */
export const NEWEST = [NEWEST_TYPESCRIPT, NEWEST_PYTHON] as const

/** The project's own packages, the Python one on the Python of the newest official one. */
export const HEED_TYPESCRIPT = typescript('heed', 'heed')
export const HEED_PYTHON: Sdk = { ...python('heed', 'latest'), module: 'heed' }

/** How long a program may take, in milliseconds: the SDKs retry for some seconds. */
const PROGRAM_MS = 90_000

/** A function that ran: its file, and the offset or line where it begins. */
type Call = readonly [file: string, at: number]

const calls = new Map<Sdk, Call[]>()

/** From now on it is noted which functions run in the programs of an SDK; the list grows with each program. */
export function noteCalls(sdk: Sdk): readonly Call[] {
  const noted = calls.get(sdk) ?? []
  calls.set(sdk, noted)
  return noted
}

/**
 * Runs `programs/<name>` against a server, in the environment that a user would set and no other, but for
 * what notes calls where that is asked for. Resolves to the JSON that it printed last; `onPrint` is told when
 * it prints. Throws with all it printed when it fails.
 */
export async function runProgram(
  sdk: Sdk,
  name: string,
  url: string,
  env: Record<string, string>,
  onPrint: () => void = () => {},
): Promise<ReturnType<typeof JSON.parse>> {
  const program = here(`programs/${name}.${sdk.ending}`)
  const noted = calls.get(sdk)
  const folder = noted && mkdtempSync(join(tmpdir(), 'heed-calls-'))
  const isPython = sdk.language === 'python'
  const args = folder && isPython ? [here('recorder/called.py'), program] : [program]
  const preload = folder && !isPython && `--import=${here('recorder/called.mjs')}`
  const child = spawn(sdk.command, args, {
    env: {
      PATH: process.env.PATH,
      BRAINTRUST_APP_URL: url,
      BRAINTRUST_API_KEY: API_KEY,
      COMPAT_SDK: sdk.module,
      ...(folder && { COMPAT_CALLS: folder }),
      ...env,
      ...(preload && { NODE_OPTIONS: `${preload} ${env.NODE_OPTIONS ?? ''}` }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), PROGRAM_MS)
  let output = ''
  let printed = ''
  child.stdout.on('data', (chunk) => {
    printed += chunk
    onPrint()
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
    })
  }
  const code = await new Promise((resolve) => child.once('close', resolve))
  clearTimeout(timer)
  if (folder) {
    for (const file of readdirSync(folder)) {
      noted.push(...JSON.parse(readFileSync(join(folder, file), 'utf8')))
    }
    rmSync(folder, { recursive: true })
  }
  if (code !== 0) throw new Error(`${sdk.name} ${name} ended with ${code}:\n${output}`)
  return JSON.parse(printed.trim().split('\n').at(-1) ?? '')
}
