// Waits for a port to open and logs at once; prints the id of its row.
import { connect } from 'node:net'

const { initLogger } = await import(process.env.COMPAT_SDK)
const { hostname, port } = new URL(process.env.BRAINTRUST_APP_URL)

const isOpen = () =>
  new Promise((resolve) => {
    const socket = connect({ host: hostname, port }, () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

console.log('waiting')
while (!(await isOpen())) await new Promise((resolve) => setTimeout(resolve, 1))
const logger = initLogger({ projectName: process.env.COMPAT_PROJECT })
const span = logger.startSpan({ name: 'early bird' })
span.end()
await logger.flush()
console.log(JSON.stringify({ id: span.id }))
