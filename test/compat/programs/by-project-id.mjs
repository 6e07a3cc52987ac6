// A span with an attachment, logged to a project that is named by its id; prints its id and its link.
const { Attachment, initLogger } = await import(process.env.COMPAT_SDK)

const logger = initLogger({ projectId: process.env.COMPAT_PROJECT_ID })
const span = logger.startSpan({ name: 'placed' })
const file = new Attachment({
  data: new Blob(['through the proxy']),
  filename: 'file.txt',
  contentType: 'text/plain',
})
span.log({ input: { file }, output: 'by its id' })
span.end()
await logger.flush()
console.log(JSON.stringify({ id: span.id, permalink: await span.permalink() }))
