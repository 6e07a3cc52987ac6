// Inserts and changes records for some seconds, whatever the network does; prints their ids.
const { initDataset } = await import(process.env.COMPAT_SDK)

const dataset = initDataset({
  project: process.env.COMPAT_PROJECT,
  dataset: process.env.COMPAT_DATASET,
})
const ids = []
for (let i = 0; i < 60; i++) {
  // Its id is the SDK's.
  ids.push(dataset.insert({ input: i }))
  await new Promise((resolve) => setTimeout(resolve, 50))
  dataset.update({ id: ids[i], expected: i + 1 })
  if (i % 5 === 0) await dataset.flush()
}
await dataset.flush()
console.log(JSON.stringify(ids))
