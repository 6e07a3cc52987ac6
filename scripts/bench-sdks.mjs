// npm run bench:sdks: what a span costs its caller, by Heed's SDK and by the official ones, in one run.
import { spawnSync } from 'node:child_process'
import { ensureOfficialSdks } from './official-sdks.mjs'
import { ensureBuilt, ensureInstalled, root } from './ready.mjs'

ensureInstalled()
ensureOfficialSdks()
ensureBuilt()
const { status } = spawnSync(process.execPath, ['scripts/run.mjs', 'test/compat/cost.ts'], {
  cwd: root,
  stdio: 'inherit',
})
process.exit(status ?? 1)
