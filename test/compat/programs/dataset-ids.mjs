// A dataset that is named by ids, with records that say where they came from; prints what was read back.
const { initDataset, ObjectFetcher } = await import(process.env.COMPAT_SDK)

const projectId = process.env.COMPAT_PROJECT_ID
const datasetId = process.env.COMPAT_DATASET_ID

async function told(dataset) {
  const origins = {}
  for await (const { id, origin } of dataset.fetch()) origins[id] = origin
  return {
    id: await dataset.id,
    name: await dataset.name,
    project: (await dataset.project).name,
    origins,
  }
}
const byProject = () => initDataset({ projectId, dataset: 'by ids' })
const written = byProject()
const origin = { object_type: 'project_logs', object_id: projectId, id: 'a row' }
// npm 0.4.10 sends no origin.
written.insert({ id: 'from the SDK', input: 2, origin })
await written.flush()
const printed = { byProject: await told(byProject()) }

// npm 0.4.10 takes no id of a dataset.
if (ObjectFetcher) {
  const byId = initDataset({ datasetId })
  byId.update({ id: 'from the SDK', expected: 4 })
  await byId.flush()
  printed.byId = await told(initDataset({ datasetId }))
  const nowhere = initDataset({ datasetId: projectId })
  printed.unknown = await nowhere.id.catch((error) => String(error))
}
console.log(JSON.stringify(printed))
