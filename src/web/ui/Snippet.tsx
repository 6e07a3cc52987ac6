import { CopyButton } from './CopyButton.tsx'
import css from './Snippet.module.css'

/** Where the SDK looks when it is not told. */
const DEFAULT_URL = 'http://127.0.0.1:4333'

/** What to paste into an app, for this server and this project. */
export function Snippet({ project }: { project: string }) {
  const url = location.origin === DEFAULT_URL ? '' : `, url: '${location.origin}'`
  const code = `import { initLogger } from 'heed'

// with HEED_API_KEY in its environment
const logger = initLogger({ projectName: ${JSON.stringify(project)}${url} })

const { text, id } = await logger.traced(async (span) => {
  const text = await answer(question)
  span.log({ input: question, output: text })
  return { text, id: span.id } // give the id to your user interface
})

// later, when the user presses a thumb
logger.logFeedback({ id, user: 'ada', scores: { helpful: 1 }, comment: 'Spot on' })`
  return (
    <figure className={css.snippet}>
      <figcaption className={css.head}>
        TypeScript <CopyButton text={() => code} label="Copy code" />
      </figcaption>
      <pre className={css.code}>{code}</pre>
    </figure>
  )
}
