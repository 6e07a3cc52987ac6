// Brings a clone to where its commands can run: installed and built, each only when something changed.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** Runs a command in the root; ends this process when it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options })
  if (error) throw error
  if (status !== 0) {
    console.error(`heed: \`${command} ${args.join(' ')}\` failed (${status}).`)
    process.exit(status ?? 1)
  }
}

/** Runs a program of node_modules, without the detour over npx. */
export const runTool = (name, args, options) =>
  run(process.execPath, [toolPath(name), ...args], options)

function toolPath(name) {
  const [packageName, bin] = { tsc: ['typescript', 'tsc'], biome: ['@biomejs/biome', 'biome'] }[
    name
  ] ?? [name, name]
  const folder = join(root, 'node_modules', packageName)
  const { bin: bins } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, typeof bins === 'string' ? bins : bins[bin])
}

/** Installs exactly what package-lock.json says, when it changed since the last time. */
export function ensureInstalled() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  // What the tools of the build support.
  const isSupported = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22
  if (!isSupported) {
    console.error(
      `heed: needs Node 20.19 or newer of 20, or 22.12 or newer; this is ${process.version}.`,
    )
    process.exit(1)
  }
  const wanted = digest([readFileSync(join(root, 'package-lock.json'), 'utf8')])
  const stamp = join(root, 'node_modules', '.heed-installed')
  if (read(stamp) === wanted) return
  alone(() => {
    if (read(stamp) === wanted) return
    console.log('heed: installing dependencies…')
    run('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'])
    writeFileSync(stamp, wanted)
  })
}

/** Builds the SDK, the server and the dashboard, when a source changed since the last time. */
export function ensureBuilt() {
  const wanted = digest(sources().map((path) => `${path} ${readFileSync(path)}`))
  const stamp = join(root, 'dist', '.built')
  if (read(stamp) === wanted) return
  alone(() => {
    if (read(stamp) !== wanted) build()
    writeFileSync(stamp, wanted)
  })
}

function build() {
  console.log('heed: building…')
  // First of all: what a build that breaks off leaves is no build, and what was built of a file that
  // is gone would still be run, a migration among them.
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  rmSync(join(root, 'sdk/typescript/dist'), { recursive: true, force: true })
  runTool('tsc', ['-p', 'sdk/typescript/tsconfig.build.json'])
  runTool('tsc', ['-p', 'tsconfig.build.json'])
  const migrations = 'src/storage/migrations'
  for (const name of readdirSync(join(root, migrations))) {
    const target = join(root, 'dist/storage/migrations', name)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, readFileSync(join(root, migrations, name)))
  }
  runTool('vite', ['build', '--logLevel', 'warn'])
}

/** Does `work` while no other command of this clone installs or builds; waits for one that does. */
function alone(work) {
  const lock = join(
    tmpdir(),
    `heed-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`,
  )
  while (!taken(lock)) {
    if (!isHeld(lock)) rmSync(lock, { force: true })
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
  }
  try {
    work()
  } finally {
    rmSync(lock, { force: true })
  }
}

function taken(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (cause) {
    if (cause.code === 'EEXIST') return false
    throw cause
  }
}

/** Whether the process in a lock is there: one that was killed gave nothing back. */
function isHeld(lock) {
  try {
    process.kill(Number(read(lock)), 0)
    return true
  } catch {
    return false
  }
}

function sources() {
  const files = ['package-lock.json', 'tsconfig.base.json', 'tsconfig.build.json', 'vite.config.ts']
  const folders = ['src', 'sdk/typescript']
  const isSource = (path) =>
    !/node_modules|[\\/]dist[\\/]|\.test\.tsx?$/.test(relative(root, path)) &&
    statSync(path).isFile()
  return [
    ...files.map((name) => join(root, name)),
    ...folders.flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true }).map((name) => join(root, folder, name)),
    ),
  ]
    .filter((path) => existsSync(path) && isSource(path))
    .sort()
}

const read = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined)

function digest(texts) {
  const hash = createHash('sha256').update(`${process.version} ${process.platform} ${process.arch}`)
  for (const text of texts) hash.update(text)
  return hash.digest('hex')
}
