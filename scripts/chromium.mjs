// Finds a Chromium for the browser tests, and installs Debian's where that is possible.
import { existsSync } from 'node:fs'
import { run } from './ready.mjs'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The path of a browser; ends this process with advice when there is none. */
export function ensureChromium() {
  const chosen = process.env.HEED_TEST_CHROMIUM
  const find = () => [chosen, ...PLACES].find((path) => path && existsSync(path))
  const found = find()
  if (found) return found
  if (existsSync('/usr/bin/apt-get') && process.getuid?.() === 0) {
    console.log('heed: installing chromium for the browser tests…')
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    run('apt-get', ['update', '-qq'], { env })
    run('apt-get', ['install', '-y', '-qq', 'chromium'], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  }
  const installed = find()
  if (installed) return installed
  console.error('heed: the browser tests need Chromium: install it, or set HEED_TEST_CHROMIUM.')
  process.exit(1)
}
