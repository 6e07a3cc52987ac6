// What an experiment offers beside Eval(), one by one; prints what each call gave.
const sdk = await import(process.env.COMPAT_SDK)

const project = process.env.COMPAT_PROJECT
const experiment = sdk.init({ project, experiment: 'one by one', metadata: { kept: true } })
const printed = {
  id: await experiment.id,
  name: await experiment.name,
  project: (await experiment.project).name,
  closed: await experiment.close(),
}

const traced = await experiment.traced(
  async (span) => {
    span.log({ input: 'traced', output: 'done', scores: { right: 1 } })
    return { id: span.id, slug: await span.export() }
  },
  { name: 'a case' },
)
const started = experiment.startSpan({ name: 'another case', event: { input: 'started' } })
started.startSpan({ name: 'below' }).end()
started.end()
await experiment.flush()
experiment.updateSpan({ id: traced.id, metadata: { by: 'updateSpan' } })
sdk.updateSpan({ exported: traced.slug, expected: 'by slug' })
const slug = await experiment.export()
sdk.traced((span) => span.log({ input: 'by slug of the experiment' }), {
  name: 'a third case',
  parent: slug,
})
await experiment.flush()
await sdk.flush()
printed.ids = { traced: traced.id, started: started.id }

const opened = () => sdk.init({ project, experiment: 'one by one', open: true })
printed.readonly = { id: await opened().id, name: await opened().name }
printed.version = await opened().version()
// npm 0.4.10 has no reading by pages beside that of all.
const byPages = sdk.ObjectFetcher?.prototype.fetchRecordsFromApi
const records = byPages ? byPages.call(opened(), 2) : await opened().fetchedData()
printed.records = []
for await (const { id, is_root } of records) printed.records.push({ id, is_root })
printed.asDataset = []
for await (const { input } of opened().asDataset()) printed.asDataset.push(input)

// The calls that speak of the current experiment.
const current = sdk.init({ project, experiment: 'current' })
printed.logged = sdk.log({ input: 'log', output: 1, scores: { right: 0 } })
await current.flush()
printed.summary = (await sdk.summarize()).scores
console.log(JSON.stringify(printed))
