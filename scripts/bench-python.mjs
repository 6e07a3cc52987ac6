// npm run bench:python: the Python SDK beside the official one; writes test/bench/results.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { environment, pythons, SDK, usual } from './python.mjs'
import { ensureInstalled, root } from './ready.mjs'

ensureInstalled()
const python = environment(usual(pythons()), join(SDK, 'bench/requirements.txt'), 'bench')
const { status, stdout } = spawnSync(python, [join(SDK, 'bench/main.py')], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
})
if (status === 0) {
  const day = new Date().toISOString().slice(0, 10)
  writeFileSync(join(root, 'test/bench/results', `${day}-python-sdk.md`), stdout)
  process.stdout.write(stdout)
}
process.exit(status ?? 1)
