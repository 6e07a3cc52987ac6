// Attachments that can be uploaded, and some that cannot; prints what is read back of each.
const { initDataset, initLogger, Attachment } = await import(process.env.COMPAT_SDK)

const project = process.env.COMPAT_PROJECT
const contentType = 'image/png'
const fine = new Attachment({ data: new Blob(['fine']), filename: 'fine.png', contentType })
const attachments = {
  fine,
  same: fine,
  empty: new Attachment({ data: new Blob([]), filename: 'empty.png', contentType }),
  large: new Attachment({
    data: new Blob([new Uint8Array(Number(process.env.COMPAT_BYTES))]),
    filename: 'large.png',
    contentType,
  }),
  missing: new Attachment({ data: '/nowhere/missing.png', filename: 'missing.png', contentType }),
}
const dataset = initDataset({ project, dataset: 'files' })
for (const [id, file] of Object.entries(attachments)) dataset.insert({ id, input: { file } })
await dataset.flush()

const printed = {}
for await (const { id, input } of initDataset({ project, dataset: 'files' }).fetch()) {
  const { file } = input
  printed[id] = { key: file.reference.key, status: await file.status() }
  try {
    printed[id].text = await (await file.data()).text()
  } catch (error) {
    printed[id].error = String(error)
  }
}

const logger = initLogger({ projectName: project })
const inSpan = new Attachment({ data: new Blob(['of a span']), filename: 'span.txt', contentType })
printed.span = logger.traced((span) => {
  span.log({ input: [{ deep: { file: inSpan } }] })
  return span.id
})
await logger.flush()
console.log(JSON.stringify(printed))
