// npm test [-- <arguments>]: install, build, test; the last line counts. Without arguments all tests
// run; a path in sdk/python is given to pytest, anything else to vitest.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { ensureChromium } from './chromium.mjs'
import { ensureOfficialSdks } from './official-sdks.mjs'
import { examplePython, SDK, testPython } from './python.mjs'
import { ensureBuilt, ensureInstalled, root } from './ready.mjs'

const given = process.argv.slice(2)
const isPython = (path) => !relative(SDK, join(root, path)).startsWith('..')
const forPython = given.filter(isPython)
const forVitest = given.filter((arg) => !isPython(arg))

ensureInstalled()
const total = { passed: 0, failed: 0, skipped: 0, status: 0 }
if (forVitest.length > 0 || forPython.length === 0) {
  const env = {
    ...process.env,
    HEED_TEST_CHROMIUM: ensureChromium(),
    HEED_TEST_FASTAPI: examplePython('fastapi'),
    HEED_TEST_FLASK: examplePython('flask'),
    UV_THREADPOOL_SIZE: '16',
  }
  ensureOfficialSdks()
  ensureBuilt()
  const report = join(mkdtempSync(join(tmpdir(), 'heed-test-')), 'report.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const args = [vitest, 'run', ...reporters, ...forVitest]
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env })
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(
    readFileSync(report, 'utf8'),
  )
  // Where a file cannot be loaded or prepared, none of its tests has failed: none was run.
  const broken = testResults.filter(
    (file) =>
      file.status === 'failed' && !file.assertionResults.some((one) => one.status === 'failed'),
  )
  total.passed += numPassedTests
  total.failed += numFailedTests + broken.length
  total.skipped += numPendingTests
  total.status = status ?? 1
}
if (given.length === 0 || forPython.length > 0) {
  ensureBuilt()
  const python = testPython(forPython.map((path) => relative(SDK, join(root, path))))
  total.passed += python.passed
  total.failed += python.failed
  total.skipped += python.skipped
}
console.log(`${total.skipped} skipped`)
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exit(total.status || (total.failed > 0 ? 1 : 0))
