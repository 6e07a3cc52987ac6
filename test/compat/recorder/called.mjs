// Preloaded with a program: when that ends, writes down which functions of packages ran, by script and offset.
import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const session = new Session()
session.connect()
session.post('Profiler.enable')
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })

const isPackage = ({ url }) => url.startsWith('file:') && url.includes('/node_modules/')
// Runs when a class is made, whether it is used or not.
const isOfClass = ({ functionName }) => functionName === '<static_initializer>'

process.once('exit', () => {
  session.post('Profiler.takePreciseCoverage', (error, coverage) => {
    if (error) throw error
    const called = coverage.result
      .filter(isPackage)
      .flatMap(({ url, functions }) =>
        functions
          .filter((one) => one.ranges[0].count > 0 && !isOfClass(one))
          .map(({ ranges }) => [fileURLToPath(url), ranges[0].startOffset]),
      )
    const file = join(process.env.COMPAT_CALLS, `${process.pid}.json`)
    writeFileSync(file, JSON.stringify(called))
  })
})
// As vitest ends the processes of its tests.
process.once('SIGTERM', () => process.exit())
