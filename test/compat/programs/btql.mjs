// Rows read by filters, as the SDK sends them; prints the ids that were found.
const sdk = await import(process.env.COMPAT_SDK)

const project = process.env.COMPAT_PROJECT
const texts = JSON.parse(process.env.COMPAT_TEXTS)
const ident = (...name) => ({ op: 'ident', name })
const eq = (name, value) => ({ op: 'eq', left: ident(...name), right: { op: 'literal', value } })
const newest = [{ expr: ident('created'), dir: 'desc' }]
const isThird = eq(['metadata', 'kind'], 'third')
const kindOf = (i) => (i % 3 === 0 ? 'third' : 'other')

const idsOf = async (rows) => {
  const ids = []
  for await (const { id } of rows) ids.push(id)
  return ids
}

/** Each of those that are looked for has a time of its own, so that their order is certain. */
const apart = async (i, writer) => {
  if (kindOf(i) !== 'third') return
  await writer.flush()
  await new Promise((resolve) => setTimeout(resolve, 5))
}
const printed = {}

const open = (btql, more) =>
  sdk.initDataset({ project, dataset: 'rows', _internal_btql: btql, ...more })
const dataset = open()
for (let i = 10; i < 34; i++) {
  dataset.insert({ id: `n${i}`, input: i, metadata: { kind: kindOf(i) } })
  await apart(i, dataset)
}
await dataset.flush()
const version = await open().version()
dataset.insert({ id: 'late', input: 'late', metadata: { kind: 'third' } })
dataset.update({ id: 'n12', metadata: { kind: 'other' } })
await dataset.flush()
printed.dataset = {
  filtered: await idsOf(open({ filter: isThird, sort: newest })),
  pinned: await idsOf(open({ filter: isThird, sort: newest }, { version })),
  paged: await idsOf(open({ filter: isThird }).fetch({ batchSize: 2 })),
  limited: await idsOf(open({ filter: isThird, sort: newest, limit: 3 }).fetch({ batchSize: 2 })),
}

const experiment = sdk.init({ project, experiment: 'rows' })
for (let i = 10; i < 34; i++) {
  experiment.log({ id: `n${i}`, input: i, output: i, scores: {}, metadata: { kind: kindOf(i) } })
  await apart(i, experiment)
}
await experiment.flush()
const opened = (btql) =>
  Object.assign(sdk.init({ project, experiment: 'rows', open: true }), { _internal_btql: btql })
printed.experiment = {
  filtered: await idsOf(opened({ filter: isThird, sort: newest })),
  paged: await idsOf(opened({ filter: isThird }).fetch({ batchSize: 2 })),
}

// npm 0.4.10 reads no logs.
if (sdk.ObjectFetcher) {
  const logger = sdk.initLogger({ projectName: project })
  for (let i = 10; i < 34; i++) {
    logger.traced((span) => span.log({ metadata: { kind: kindOf(i) } }), { event: { id: `n${i}` } })
    await apart(i, logger)
  }
  await logger.flush()
  const projectId = await logger.id
  class Logs extends sdk.ObjectFetcher {
    get id() {
      return Promise.resolve(projectId)
    }
    async getState() {
      return logger.loggingState
    }
  }
  const logs = (btql) => new Logs('project_logs', undefined, undefined, btql)
  printed.logs = {
    filtered: await idsOf(logs({ filter: isThird, sort: newest })),
    paged: await idsOf(logs({ filter: isThird }).fetch({ batchSize: 2 })),
  }
}

// Text of any kind is what it is, whether it is a value or a name.
const hostile = (btql) => sdk.initDataset({ project, dataset: 'hostile', _internal_btql: btql })
const written = hostile()
for (const text of texts) written.insert({ id: text, input: text, metadata: { [text]: text } })
await written.flush()
printed.texts = []
for (const text of texts) {
  printed.texts.push([
    await idsOf(hostile({ filter: eq(['id'], text) })),
    await idsOf(hostile({ filter: eq(['input'], text) })),
    await idsOf(hostile({ filter: eq(['metadata', text], text) })),
  ])
}
console.log(JSON.stringify(printed))
