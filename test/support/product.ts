import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { API_KEY } from './heed.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || !address) throw new Error('The system gave no port.')
  return address.port
}

/**
 * The built product in a process of its own, on a directory of its own: what a user runs. It can be
 * killed and started again on the same directory and port.
 */
export class Product {
  readonly dataDir: string
  readonly port: number
  #child: ChildProcess | undefined
  /** What it printed since its last start. */
  output = ''

  private constructor(port: number, dataDir: string) {
    this.port = port
    this.dataDir = dataDir
  }

  static async start(env: Record<string, string> = {}, dataDir?: string): Promise<Product> {
    const dir = dataDir ?? mkdtempSync(join(tmpdir(), 'heed-product-'))
    const product = new Product(await freePort(), dir)
    await product.start(env)
    return product
  }

  /** Of the process that was started last. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** What it holds of the machine's memory now. Linux only. */
  get residentBytes(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8')
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024
  }

  /** Resolves when it serves. Throws with what it printed when it ends instead. */
  async start(env: Record<string, string> = {}): Promise<void> {
    this.output = ''
    // As `npm start` does it, without its install and build.
    const child = spawn(process.execPath, ['--max-semi-space-size=32', 'dist/cli/start.js'], {
      cwd: ROOT,
      env: {
        ...process.env,
        UV_THREADPOOL_SIZE: '16',
        HEED_DATA_DIR: this.dataDir,
        HEED_PORT: String(this.port),
        HEED_API_KEY: API_KEY,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        this.output += chunk
      })
    }
    await new Promise<void>((resolve, reject) => {
      child.once('exit', () => reject(new Error(`Heed ended: ${this.output}`)))
      child.stdout.on('data', () => {
        if (this.output.includes('Heed is running on')) resolve()
      })
    })
  }

  /** Ends it with a signal; resolves to its exit code, null when it was killed. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null)
      return child?.exitCode ?? null
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
    child.kill(signal)
    return ended
  }

  async stop(): Promise<void> {
    await this.end('SIGKILL')
    rmSync(this.dataDir, { recursive: true, force: true })
  }

  /** GET as a program with a key. */
  get = (path: string, query: Record<string, string> = {}) =>
    this.#ask(`${path}?${new URLSearchParams(query)}`)

  /** POST JSON as a program with a key. */
  post = (path: string, body: unknown) =>
    this.#ask(path, { method: 'POST', body: JSON.stringify(body) })

  async #ask(path: string, init: RequestInit = {}) {
    const headers = { authorization: `Bearer ${API_KEY}` }
    const response = await fetch(`${this.url}${path}`, { ...init, headers })
    // Any JSON: each test states what it expects of it.
    const body: ReturnType<typeof JSON.parse> = await response.json()
    return { status: response.status, body }
  }
}
