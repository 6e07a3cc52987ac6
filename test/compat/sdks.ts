import { spawn } from 'node:child_process'
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

export const TYPESCRIPT = [
  typescript('npm 3.35.0', 'braintrust'),
  typescript('npm 0.4.10', 'braintrust-old'),
]
export const PYTHON = [python('PyPI 0.48.1', 'latest'), python('PyPI 0.7.0', 'old')]

/** The project's own package, on the Python of the newest official one. */
export const HEED_PYTHON: Sdk = { ...python('heed', 'latest'), module: 'heed' }
export const SDKS = [...TYPESCRIPT, ...PYTHON]

/** How long a program may take, in milliseconds: the SDKs retry for some seconds. */
const PROGRAM_MS = 90_000

/**
 * Runs `programs/<name>` against a server, in the environment that a user would set and no other.
 * Resolves to the JSON that it printed last; `onPrint` is told when it prints. Throws with all it printed
 * when it fails.
 */
export async function runProgram(
  sdk: Sdk,
  name: string,
  url: string,
  env: Record<string, string>,
  onPrint: () => void = () => {},
): Promise<ReturnType<typeof JSON.parse>> {
  const child = spawn(sdk.command, [here(`programs/${name}.${sdk.ending}`)], {
    env: {
      PATH: process.env.PATH,
      BRAINTRUST_APP_URL: url,
      BRAINTRUST_API_KEY: API_KEY,
      COMPAT_SDK: sdk.module,
      ...env,
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
  if (code !== 0) throw new Error(`${sdk.name} ${name} ended with ${code}:\n${output}`)
  return JSON.parse(printed.trim().split('\n').at(-1) ?? '')
}
