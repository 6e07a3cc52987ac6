// Finds the Pythons of this machine, gives each a virtual environment of this project's own, and
// runs the tests and checks of the Python SDK in them.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { root, run } from './ready.mjs'

export const SDK = join(root, 'sdk/python')
const MINOR_MIN = 9

/** Path and minor version of every Python 3 that the SDK supports, oldest first, one a version. */
export function pythons() {
  const pyenv = join(homedir(), '.pyenv/versions')
  const names = existsSync(pyenv) ? readdirSync(pyenv) : []
  const paths = [
    process.env.HEED_TEST_PYTHON,
    '/usr/bin/python3',
    'python3',
    ...[9, 10, 11, 12, 13, 14].map((minor) => `python3.${minor}`),
    ...names.map((name) => join(pyenv, name, 'bin/python3')),
  ]
  const found = new Map()
  for (const path of paths.filter(Boolean)) {
    const script = 'import sys; print(*sys.version_info[:2], sys.executable)'
    const { status, stdout } = spawnSync(path, ['-c', script], { encoding: 'utf8' })
    if (status !== 0) continue
    const [major, minor, executable] = stdout.trim().split(' ')
    if (major !== '3' || Number(minor) < MINOR_MIN || found.has(Number(minor))) continue
    found.set(Number(minor), { path: executable, minor: Number(minor) })
  }
  return [...found.values()].sort((a, b) => a.minor - b.minor)
}

/** The one that tests and checks are run on where there is but one. Ends this process without any. */
export function usual(all) {
  const chosen = all.find(({ minor }) => minor === 11) ?? all.at(-1)
  if (chosen) return chosen
  console.error('heed: the tests of the Python SDK need Python 3.9 or newer.')
  process.exit(1)
}

/** The interpreter of an environment with what `requirements` names. */
export function environment({ path, minor }, requirements, purpose = 'test') {
  const name = `${purpose}-3.${minor}`
  return installed(path, join(root, 'node_modules/.cache/heed-python', name), requirements)
}

/**
 * The interpreter of a virtual environment in `folder`, made by the Python at `path`; it is made anew
 * when that or the requirements changed. Commands that run at once make it once.
 */
function installed(path, folder, requirements) {
  const python = join(folder, 'bin/python')
  const stamp = join(folder, '.installed')
  const wanted = createHash('sha256').update(path).update(readFileSync(requirements)).digest('hex')
  const isFresh = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted
  if (isFresh()) return python
  alone(path, () => {
    if (isFresh()) return
    console.log(`heed: installing ${requirements} in ${folder}…`)
    makeVenv(path, folder)
    run(python, ['-m', 'pip', 'install', '--quiet', '--no-input', '-r', requirements])
    writeFileSync(stamp, wanted)
  })
  return python
}

/**
 * Does `work` while no other command of this clone does any. The lock is the kernel's, so it ends with
 * its holder. It belongs to the open file: a Python can take it for this process, which cannot.
 */
function alone(path, work) {
  const name = join(root, 'node_modules/.cache/heed-python.lock')
  mkdirSync(dirname(name), { recursive: true })
  const lock = openSync(name, 'w')
  const stdio = ['ignore', 'inherit', 'inherit', lock]
  run(path, ['-c', 'import fcntl; fcntl.flock(3, fcntl.LOCK_EX)'], { stdio })
  try {
    work()
  } finally {
    closeSync(lock)
  }
}

/** Makes a virtual environment anew; ends this process with advice when that cannot be. */
function makeVenv(path, folder) {
  rmSync(folder, { recursive: true, force: true })
  const make = () => spawnSync(path, ['-m', 'venv', folder], { stdio: 'ignore' }).status === 0
  if (make() || (installVenv() && make())) return
  console.error(`heed: ${path} cannot make virtual environments: install python3-venv.`)
  process.exit(1)
}

/** Debian keeps `venv` in a package of its own. */
function installVenv() {
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) return false
  const options = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  spawnSync('apt-get', ['update', '-qq'], options)
  return spawnSync('apt-get', ['install', '-y', '-qq', 'python3-venv'], options).status === 0
}

/** An interpreter with what `examples/python-<name>` needs. */
export function examplePython(name) {
  const requirements = join(root, `examples/python-${name}/requirements.txt`)
  return environment(usual(pythons()), requirements, name)
}

/** An interpreter with the official SDK that `test/compat` pins as `latest` or `old`. */
export function officialPython(version) {
  const folder = join(root, 'test/compat')
  const requirements = join(folder, `python/${version}.txt`)
  return installed('python3', join(folder, '.venv', version), requirements)
}

/** Environments for the SDK: the usual one, and where there are others the oldest and the newest. */
export function ensurePythons() {
  const all = pythons()
  const chosen = [...new Set([usual(all), all[0], all.at(-1)])]
  const requirements = join(SDK, 'requirements-dev.txt')
  return chosen.map((each) => ({ ...each, python: environment(each, requirements) }))
}

/** Runs pytest in each environment; how many tests passed, failed and were skipped in all of them. */
export function testPython(paths = []) {
  officialPython('latest') // Signatures are compared with its own.
  const total = { passed: 0, failed: 0, skipped: 0 }
  const reasons = new Set()
  for (const { python, minor } of ensurePythons()) {
    console.log(`\nheed: the Python SDK on Python 3.${minor}`)
    const report = join(mkdtempSync(join(tmpdir(), 'heed-pytest-')), 'report.xml')
    const args = ['-m', 'pytest', '-p', 'no:cacheprovider', `--junitxml=${report}`, ...paths]
    const env = { ...process.env, PYTHONPATH: join(SDK, 'src'), PYTHONDONTWRITEBYTECODE: '1' }
    const { status } = spawnSync(python, args, { cwd: SDK, stdio: 'inherit', env })
    const text = existsSync(report) ? readFileSync(report, 'utf8') : ''
    const { tests, failures, errors, skipped } = counts(text)
    const failed = failures + errors
    total.passed += tests - failed - skipped
    total.skipped += skipped
    // A run that broke off names no test that failed.
    total.failed += status === 0 ? failed : Math.max(1, failed)
    for (const [, reason] of text.matchAll(/<skipped [^>]*message="([^"]*)"/g)) reasons.add(reason)
  }
  const why = reasons.size > 0 ? `: ${[...reasons].sort().join('; ')}` : ''
  const { passed, failed, skipped } = total
  console.log(`\nheed: Python: ${passed} passed, ${failed} failed, ${skipped} skipped${why}`)
  return total
}

function counts(text) {
  const head = /<testsuite [^>]*>/.exec(text)
  const count = (name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(head?.[0] ?? '')?.[1] ?? 0)
  return {
    tests: count('tests'),
    failures: count('failures'),
    errors: count('errors'),
    skipped: count('skipped'),
  }
}
