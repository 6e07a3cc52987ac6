import { initLogger } from 'braintrust'

const logger = initLogger({ projectName: 'my-app' })

const id = await logger.traced(
  async (span) => {
    span.log({ input: 'Where is my order?', output: 'On its way.' })
    return span.id
  },
  { name: 'POST /chat' },
)
logger.logFeedback({
  id,
  scores: { helpful: true },
  comment: 'Just what I needed',
  metadata: { user_id: 'u1' },
})
await logger.flush()
console.log(JSON.stringify({ id }))
