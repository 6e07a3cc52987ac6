// Installs the official SDKs that test/compat drives, beside the product and never with it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { officialPython } from './python.mjs'
import { root, run } from './ready.mjs'

const folder = join(root, 'test/compat')

/** Installs what test/compat pins, each part only when its pins changed since the last time. */
export function ensureOfficialSdks() {
  ensureNpmSdks()
  for (const version of ['latest', 'old']) officialPython(version)
}

function ensureNpmSdks() {
  const stamp = join(folder, 'node_modules/.heed-installed')
  const wanted = readFileSync(join(folder, 'package-lock.json'), 'utf8')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  console.log('heed: installing the official TypeScript SDKs for the compatibility tests…')
  // Their install scripts and optional packages only bring a command line tool.
  const flags = ['--ignore-scripts', '--omit=optional', '--no-fund', '--no-audit']
  run('npm', ['ci', ...flags, '--loglevel=error'], { cwd: folder })
  writeFileSync(stamp, wanted)
}
