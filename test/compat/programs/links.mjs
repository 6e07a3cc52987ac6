// Every link that the SDK makes: prints them by what they are of, with the ids of the rows.
const sdk = await import(process.env.COMPAT_SDK)

const project = process.env.COMPAT_PROJECT
const name = process.env.COMPAT_NAME
const printed = {}

const logger = sdk.initLogger({ projectName: project })
const span = logger.startSpan({ name: 'a span', event: { input: 'of a span' } })
const child = span.startSpan({ name: 'a child', event: { input: 'of a child' } })
// Nothing was asked of the server yet, so the SDK does not know the id of the project.
printed.early = span.link()
const earlySlug = await span.export()
child.end()
span.end()
await logger.flush()
printed.span = {
  id: span.id,
  link: span.link(),
  permalink: await span.permalink(),
  bySlug: await sdk.permalink(await span.export()),
  byEarlySlug: await sdk.permalink(earlySlug),
}
printed.child = { id: child.id, link: child.link(), permalink: await child.permalink() }

const experiment = sdk.init({ project, experiment: name })
const one = experiment.startSpan({ name: 'a case', event: { input: 'of a case' } })
printed.earlyOfCase = one.link()
one.end()
await experiment.flush()
printed.case = {
  id: one.id,
  link: one.link(),
  permalink: await one.permalink(),
  bySlug: await sdk.permalink(await one.export()),
}

// What names no row.
printed.ofLogger = await sdk.permalink(await logger.export())
printed.ofExperiment = await sdk.permalink(await experiment.export())
printed.ofNothing = await sdk.permalink('')

const dataset = sdk.initDataset({ project, dataset: name })
dataset.insert({
  input: 'of a record',
  // npm 0.4.10 takes no origin.
  origin: { object_type: 'project_logs', object_id: await logger.id, id: span.id },
})
const ofExperiment = await experiment.summarize()
const ofDataset = await dataset.summarize()
printed.projects = [ofExperiment.projectUrl, ofDataset.projectUrl]
printed.experiment = ofExperiment.experimentUrl
printed.dataset = ofDataset.datasetUrl
console.log(JSON.stringify(printed))
