// npm test [-- <vitest arguments>]: install, build, test; the last line counts.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureChromium } from './chromium.mjs'
import { ensureBuilt, ensureInstalled, root } from './ready.mjs'

ensureInstalled()
const chromium = ensureChromium()
ensureBuilt()
const report = join(mkdtempSync(join(tmpdir(), 'heed-test-')), 'report.json')
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...reporters, ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, HEED_TEST_CHROMIUM: chromium, UV_THREADPOOL_SIZE: '16' },
  },
)
const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
// A file that cannot even be loaded holds no test that could fail.
const broken = testResults.filter(
  (file) => file.status === 'failed' && !file.assertionResults.length,
)
console.log(`${numPassedTests} passed, ${numFailedTests + broken.length} failed`)
process.exit(status ?? 1)
