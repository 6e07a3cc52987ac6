// Two runs of an evaluation against a dataset; prints their summaries, and rows of an experiment.
const { Eval, init, initDataset, initExperiment, traced } = await import(process.env.COMPAT_SDK)

const project = process.env.COMPAT_PROJECT
const open = () => initDataset({ project, dataset: 'letters' })
const dataset = open()
for (const [input, expected] of [
  ['a', 'A'],
  ['b', 'B'],
  ['c', 'X'],
]) {
  dataset.insert({ id: input, input, expected, metadata: { letter: input } })
}
await dataset.flush()

const exact = ({ output, expected }) => ({ name: 'exact', score: output === expected ? 1 : 0 })
const unsure = () => ({ name: 'unsure', score: null })
const run = async (task) => {
  const quiet = { reporter: { name: 'quiet', reportEval: () => true, reportRun: () => true } }
  const { summary } = await Eval(project, { data: open(), task, scores: [exact, unsure] }, quiet)
  const { experimentName, experimentUrl, comparisonExperimentName, scores } = summary
  return {
    experimentName,
    experimentUrl,
    comparisonExperimentName,
    scores,
    metrics: summary.metrics,
  }
}
/** Spans as a scorer sees them, from the server; null where this SDK gives scorers no trace. */
let seen = null
const looking = async ({ trace }) => {
  const spans = await trace?.getSpans({ spanType: ['tool'] })
  if (spans)
    seen = spans.map(({ input, output, span_attributes }) => [span_attributes.name, input, output])
  return null
}
const printed = {
  first: await run((input) => (input === 'a' ? 'A' : '?')),
  second: await run((input) => input.toUpperCase()),
}

const version = await open().version()
dataset.insert({ id: 'd', input: 'd', expected: 'D' })
await dataset.flush()
const pinned = initDataset({ project, dataset: 'letters', version })
const upper = (input) =>
  traced(
    (span) => {
      span.log({ input, output: input.toUpperCase() })
      return input.toUpperCase()
    },
    { name: 'upper', type: 'tool' },
  )
const third = await Eval(
  project,
  { data: pinned, task: upper, scores: [exact, looking], experimentName: 'pinned' },
  {
    reporter: { name: 'quiet', reportEval: () => true, reportRun: () => true },
    enableCache: false,
  },
)
printed.pinned = third.results.map(({ input }) => input).sort()
printed.seen = seen
const rowsOfPinned = await init({ project, experiment: 'pinned', open: true }).fetchedData()
printed.origins = rowsOfPinned.filter(({ origin }) => origin).map(({ origin }) => origin)
printed.datasetId = await dataset.id

const experiment = initExperiment(project, { experiment: 'by hand' })
const id = experiment.log({ input: 1, output: 2, scores: { right: 0.5 } })
await experiment.flush()
experiment.logFeedback({ id, scores: { right: 1 }, comment: 'good', metadata: { user_id: 'u1' } })
await experiment.flush()
printed.byHand = (await experiment.summarize()).scores
printed.byHandId = await experiment.id
printed.byHandRow = id
const opened = init({ project, experiment: 'by hand', open: true })
printed.rows = (await opened.fetchedData()).map(({ input, output, scores }) => ({
  input,
  output,
  scores,
}))
printed.asDataset = []
for await (const row of opened.asDataset()) printed.asDataset.push(row.input)
// A base that is named: not the run before, but the first one.
const base = printed.first.experimentName
const named = await Eval(
  project,
  {
    data: open(),
    task: (input) => input.toUpperCase(),
    scores: [exact],
    experimentName: 'on a base',
    baseExperimentName: base,
  },
  { reporter: { name: 'quiet', reportEval: () => true, reportRun: () => true } },
)
const comparedBy = ({ comparisonExperimentName, scores }) => ({
  with: comparisonExperimentName,
  exact: scores.exact,
})
printed.onBase = comparedBy(named.summary)

/** An experiment of one case that the base got right. */
const onBase = async (experiment, more) => {
  const made = init({ project, experiment, ...more })
  made.log({ input: 'a', output: '?', expected: 'A', scores: { exact: 0 } })
  const compared = comparedBy(await made.summarize())
  return { ...compared, fetched: (await made.fetchBaseExperiment())?.name }
}
printed.byHandOnBase = await onBase('by hand on a base', { baseExperiment: base })
const baseExperimentId = await init({ project, experiment: base, open: true }).id
printed.byHandOnId = await onBase('by hand on an id', { baseExperimentId })
printed.onUnknown = await onBase('on an unknown base', { baseExperiment: 'unknown' })
console.log(JSON.stringify(printed))
