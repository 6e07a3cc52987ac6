// npm run check: format, lint and walls, types, unused code, of both languages. Everything is run; any
// failure fails.
import { spawnSync } from 'node:child_process'
import { ensurePythons, SDK } from './python.mjs'
import { ensureBuilt, ensureInstalled, root } from './ready.mjs'

ensureInstalled()
ensureBuilt()
const CHECKS = [
  ['format, lint, walls', ['node_modules/@biomejs/biome/bin/biome', 'check', '.']],
  ['types', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']],
  ['types of the dashboard', ['node_modules/typescript/bin/tsc', '-p', 'src/web/tsconfig.json']],
  ['types of the SDK', ['node_modules/typescript/bin/tsc', '-p', 'sdk/typescript']],
  ['types of the browser tests', ['node_modules/typescript/bin/tsc', '-p', 'test/e2e']],
  ['unused code', ['node_modules/knip/bin/knip.js']],
  ['packages of every platform in the lock', ['scripts/complete-lock.mjs', '--check']],
  ['words that silence the checks', ['scripts/ratchet.mjs']],
]
const [{ python }] = ensurePythons()
const PYTHON_CHECKS = [
  ['format of the Python SDK', ['-m', 'ruff', 'format', '--check', '--no-cache', '.']],
  ['lint of the Python SDK', ['-m', 'ruff', 'check', '--no-cache', '.']],
  ['types of the Python SDK', ['-m', 'mypy', '--cache-dir=/dev/null', '.']],
]
const commands = [
  ...CHECKS.map(([name, args]) => ({ name, command: process.execPath, args, cwd: root })),
  ...PYTHON_CHECKS.map(([name, args]) => ({ name, command: python, args, cwd: SDK })),
]
let failed = 0
for (const { name, command, args, cwd } of commands) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd })
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name}`)
  if (status !== 0) {
    failed += 1
    process.stdout.write(stdout)
    process.stderr.write(stderr)
  }
}
process.exit(failed === 0 ? 0 : 1)
