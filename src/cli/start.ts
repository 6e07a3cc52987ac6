import { readConfig } from '../config.ts'
import { CliError } from '../errors.ts'
import { startServer } from '../server/main.ts'

/** How long a stop may take before what is left is given up: clients have not been acknowledged. */
const STOP_MS = 9_000

try {
  const config = readConfig()
  const running = await startServer(config)
  process.stdout.write(greeting(running, config.apiKey))
  const stop = async (signal: NodeJS.Signals) => {
    process.stdout.write(`\n${signal}: finishing what was taken…\n`)
    setTimeout(() => process.exit(1), STOP_MS).unref()
    await running.close()
    process.exit(0) // the engine's threads would keep the process
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
} catch (error) {
  if (!(error instanceof CliError)) throw error
  process.stderr.write(`heed: ${error.message}\n`)
  process.exit(1)
}

function greeting(
  { url, signInUrl, newApiKey }: { url: string; signInUrl: string; newApiKey: string | null },
  chosenKey: string | undefined,
): string {
  const key = newApiKey
    ? `${newApiKey}\n             (shown this once: keep it)`
    : chosenKey
      ? 'the one in HEED_API_KEY'
      : 'made at the first start'
  return `
  Heed is running on ${url}

  Dashboard  ${signInUrl}
             (signs this browser in)
  API key    ${key}

  In your app, with HEED_API_KEY set:

    import { initLogger } from 'heed'
    const logger = initLogger({ projectName: 'my-app'${url === 'http://127.0.0.1:4333' ? '' : `, url: '${url}'`} })
    const { answer, id } = await logger.traced(async (span) => ({ answer: await ask(span), id: span.id }))
    logger.logFeedback({ id, user: 'u1', scores: { helpful: 1 }, comment: 'Just what I needed' })

`
}
