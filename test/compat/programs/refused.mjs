// A span that the server refuses, beside another that has an attachment, in one flush; prints the id of the latter.
const { Attachment, initLogger } = await import(process.env.COMPAT_SDK)

const logger = initLogger({ projectName: process.env.COMPAT_PROJECT })
let deep = 1
for (let i = 0; i < 120; i++) deep = [deep]
logger.traced((span) => span.log({ input: deep }), { name: 'too deep' })
const file = new Attachment({
  data: new Blob(['beside']),
  filename: 'beside.txt',
  contentType: 'text/plain',
})
const id = logger.traced(
  (span) => {
    span.log({ input: { file } })
    return span.id
  },
  { name: 'beside it' },
)
await logger.flush()
console.log(JSON.stringify({ id }))
