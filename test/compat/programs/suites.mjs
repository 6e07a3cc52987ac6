// An evaluation by its runner, and suites of tests as experiments; prints the experiments that they made.
import { after, test } from 'node:test'
import { startVitest } from 'vitest/node'

const sdk = await import(process.env.COMPAT_SDK)
const project = process.env.COMPAT_PROJECT
const printed = {}

const experiment = sdk.init({ project, experiment: 'by the runner' })
const evaluator = {
  projectName: project,
  evalName: 'by the runner',
  data: () => [{ input: 'a', expected: 'A' }],
  task: (input) => input.toUpperCase(),
  scores: [({ output, expected }) => ({ name: 'exact', score: output === expected ? 1 : 0 })],
}
const silent = { start() {}, stop() {}, increment() {}, setTotal() {} }
const { results } = await sdk.runEvaluator(experiment, evaluator, silent, [], undefined)
printed.runner = results.map(({ input, output, scores }) => ({ input, output, scores }))

// npm 0.4.10 makes no suites of tests.
if (sdk.initNodeTestSuite) {
  // As in a file of tests for node:test.
  const suite = sdk.initNodeTestSuite({
    projectName: project,
    experimentName: 'by node:test',
    displaySummary: false,
  })
  const right = ({ output, expected }) => ({ name: 'right', score: output === expected ? 1 : 0 })
  const upper = ({ input }) => input.toUpperCase()
  test('upper', suite.eval({ input: 'a', expected: 'A', scorers: [right] }, upper))
  after(async () => {
    await suite.flush()
    const vitest = await startVitest('test', ['vitest-suite'], {
      root: import.meta.dirname,
      config: false,
      include: ['vitest-suite.mjs'],
      watch: false,
      reporters: [],
    })
    printed.failed = vitest.state.getCountOfFailedTests()
    await vitest.close()
  })
}
// Behind what node:test prints.
process.once('exit', () => console.log(`\n${JSON.stringify(printed)}`))
