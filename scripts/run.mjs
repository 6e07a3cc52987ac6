// Runs a TypeScript file from its source: node scripts/run.mjs <file> [arguments]
import { spawnSync } from 'node:child_process'
import { ensureInstalled, root } from './ready.mjs'

ensureInstalled()
const [file, ...args] = process.argv.slice(2)
const flags = ['--import', 'tsx', '--conditions', 'heed-source']
const { status } = spawnSync(process.execPath, [...flags, file, ...args], {
  cwd: root,
  stdio: 'inherit',
})
process.exit(status ?? 1)
