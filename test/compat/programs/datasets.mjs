// A dataset as an application keeps it; prints what was read back.
const { initDataset, Attachment, ExternalAttachment, JSONAttachment } = await import(
  process.env.COMPAT_SDK
)

const project = process.env.COMPAT_PROJECT
const open = (more) => initDataset({ project, dataset: 'questions', ...more })
const plain = ({ id, input, expected, tags, metadata }) => ({ id, input, expected, tags, metadata })
const rows = async (dataset, options) => {
  const all = []
  for await (const row of dataset.fetch(options)) all.push(plain(row))
  return all.sort((a, b) => (a.id < b.id ? -1 : 1))
}

const dataset = open({ description: 'What people ask' })
dataset.insert({ id: 'a', input: { q: 1 }, expected: 'x', tags: ['t'], metadata: { a: { b: 1 } } })
dataset.insert({ id: 'b', input: 'two', expected: '2' })
dataset.insert({ id: 'gone', input: 'gone' })
await dataset.flush()
dataset.update({ id: 'a', metadata: { a: { c: null } } })
dataset.delete('gone')
await dataset.flush()
const printed = {
  id: await dataset.id,
  name: await dataset.name,
  project: (await dataset.project).name,
  closed: await dataset.close(),
  before: await rows(open()),
  version: await open().version(),
}
for (let i = 10; i < 35; i++) dataset.insert({ id: `n${i}`, input: i, expected: i })
dataset.delete('b')
await dataset.flush()
const summary = await dataset.summarize()
printed.total = summary.dataSummary.totalRecords
printed.url = summary.datasetUrl
printed.ids = (await rows(open(), { batchSize: 10 })).map(({ id }) => id)
printed.pinned = await rows(open({ version: printed.version }))

const files = initDataset({ project, dataset: 'files' })
const data = new Blob(['hello'])
files.insert({
  id: 'f',
  input: {
    file: new Attachment({ data, filename: 'a.txt', contentType: 'text/plain' }),
    json: new JSONAttachment({ turns: [1, 'zwei'] }, { filename: 'turns.json' }),
    elsewhere: new ExternalAttachment({
      url: 's3://bucket/a b.png',
      filename: 'b.png',
      contentType: 'image/png',
    }),
  },
})
await files.flush()
for await (const { input } of initDataset({ project, dataset: 'files' }).fetch()) {
  printed.file = await (await input.file.data()).text()
  printed.status = await input.file.status()
  printed.inline = await input.file.asBase64Url()
  printed.json = JSON.parse(await (await input.json.data()).text())
  const { type, url, filename, content_type } = input.elsewhere.reference
  printed.elsewhere = { type, url, filename, content_type, ...(await input.elsewhere.metadata()) }
}
if (dataset.createSnapshot) {
  const snapshot = await dataset.createSnapshot({ name: 'first', description: 'all of them' })
  dataset.insert({ id: 'late', input: 'late' })
  dataset.delete('n10')
  await dataset.flush()
  printed.snapshot = (await rows(open({ snapshotName: 'first' }))).map(({ id }) => id)
  printed.preview = await dataset.restorePreview({ version: snapshot.xact_id })
  const { rows_restored, rows_deleted } = await dataset.restore({ version: snapshot.xact_id })
  printed.restored = { rows_restored, rows_deleted }
  printed.after = (await rows(open())).map(({ id }) => id)

  const second = await dataset.createSnapshot({ name: 'second', description: 'soon renamed' })
  const names = (snapshots) => snapshots.map(({ name }) => name).sort()
  printed.snapshots = { both: names(await dataset.listSnapshots()) }
  printed.snapshots.byName = await dataset.getSnapshot({ snapshotName: 'second' })
  printed.snapshots.byVersion = await dataset.getSnapshot({ xactId: second.xact_id })
  await dataset.updateSnapshot(second.id, { name: 'renamed', description: null })
  printed.snapshots.renamed = await dataset.getSnapshot({ snapshotName: 'renamed' })
  await dataset.deleteSnapshot(second.id)
  printed.snapshots.left = names(await dataset.listSnapshots())
  printed.evalData = {
    pinned: await open({ version: snapshot.xact_id }).toEvalData(),
    named: await open({ snapshotName: 'first' }).toEvalData(),
  }
}
console.log(JSON.stringify(printed))
