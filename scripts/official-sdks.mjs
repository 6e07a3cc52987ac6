// Installs the official SDKs that test/compat drives, beside the product and never with it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeVenv } from './python.mjs'
import { root, run } from './ready.mjs'

const folder = join(root, 'test/compat')

/** Installs what test/compat pins, each part only when its pins changed since the last time. */
export function ensureOfficialSdks() {
  onChange(join(folder, 'node_modules'), join(folder, 'package-lock.json'), () => {
    console.log('heed: installing the official TypeScript SDKs for the compatibility tests…')
    // Their install scripts and optional packages only bring a command line tool.
    const flags = ['--ignore-scripts', '--omit=optional', '--no-fund', '--no-audit']
    run('npm', ['ci', ...flags, '--loglevel=error'], { cwd: folder })
  })
  for (const version of ['latest', 'old']) {
    const pins = join(folder, `python/${version}.txt`)
    const venv = join(folder, '.venv', version)
    onChange(venv, pins, () => {
      console.log(
        `heed: installing the official Python SDK (${version}) for the compatibility tests…`,
      )
      makeVenv('python3', venv)
      run(join(venv, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', '-r', pins])
    })
  }
}

function onChange(place, pins, install) {
  const stamp = join(place, '.heed-installed')
  const wanted = readFileSync(pins, 'utf8')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  install()
  writeFileSync(stamp, wanted)
}
