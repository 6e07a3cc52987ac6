import { readFile } from 'node:fs/promises'
import { initLogger, type Scores } from 'heed'
import { buildIndex, type Hit, readPassages } from './search.ts'

const logger = initLogger({ projectName: 'support-bot' })
const index = buildIndex(await readPassages(new URL('./documents/', import.meta.url)))
const page = await readFile(new URL('./page.html', import.meta.url), 'utf8')

/** Below this the best passage is about something else. */
const SCORE_MIN = 2.5

const UNKNOWN =
  'I do not know that. I can help with accounts, plans and billing, sharing, and photos.'

/** The app: a function from a request to a response. */
export async function handle(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url)
  const route = ROUTES[`${request.method} ${pathname}`]
  if (!route) return Response.json({ error: 'Not found' }, { status: 404 })
  return route(request)
}

const ROUTES: Record<string, (request: Request) => Response | Promise<Response>> = {
  'GET /': () => new Response(page, { headers: PAGE_HEADERS }),
  'POST /chat': chat,
  'POST /feedback': feedback,
  'POST /feedback-as-span': feedbackAsSpan,
}

const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}

/** Answers a question. The id of the request's span goes to the page, which judges by it. */
async function chat(request: Request): Promise<Response> {
  const { question, user } = await bodyOf<{ question: string; user: string }>(request)
  if (typeof question !== 'string' || question.trim() === '' || question.length > 2000) {
    return Response.json({ error: 'question must be 1 to 2000 characters' }, { status: 400 })
  }
  return logger.traced(
    async (span) => {
      span.log({ input: question, metadata: { user_id: user } })
      const hits = span.traced((step) => retrieve(question, step.log.bind(step)), {
        name: 'retrieve',
        type: 'tool',
      })
      const answer = span.traced(
        (step) => {
          const text = compose(hits)
          step.log({ input: { question, passages: hits }, output: text })
          step.log({ metadata: { model: 'rules-1' } })
          return text
        },
        { name: 'answer', type: 'llm' },
      )
      span.log({ output: answer, metadata: { found: hits.length } })
      return Response.json({ answer, source: sourceOf(hits), requestId: span.id })
    },
    { name: 'chat' },
  )
}

function retrieve(
  question: string,
  log: (fields: { input: string; output: Hit[] }) => void,
): Hit[] {
  const hits = index.search(question, 3)
  log({ input: question, output: hits })
  return hits
}

/** The whole model: the best passage, if it is good enough. */
function compose([best]: readonly Hit[]): string {
  return best && best.score >= SCORE_MIN ? best.text : UNKNOWN
}

const sourceOf = ([best]: readonly Hit[]): string | null =>
  best && best.score >= SCORE_MIN ? best.title : null

interface Judgement {
  readonly requestId: string
  readonly user?: string
  readonly scores?: Scores
  readonly comment?: string
  readonly correction?: string
}

/** One event of the ledger: the newest vote of a user counts, null takes it back. */
async function feedback(request: Request): Promise<Response> {
  const { requestId, user, scores, comment, correction } = await bodyOf<Judgement>(request)
  const feedbackId = logger.logFeedback({
    id: requestId ?? '',
    user,
    source: 'app',
    scores,
    comment,
    expected: correction,
    metadata: { screen: 'chat' },
  })
  return feedbackId
    ? Response.json({ feedbackId })
    : Response.json({ error: 'requestId is needed' }, { status: 400 })
}

/** The other way: every submission is a span of its own under the request. */
async function feedbackAsSpan(request: Request): Promise<Response> {
  const { requestId, user, scores, comment } = await bodyOf<Judgement>(request)
  return logger.traced(
    (span) => {
      span.log({ scores, comment, metadata: { user_id: user } })
      return Response.json({ id: span.id })
    },
    { name: 'user_feedback', type: 'review', parent: requestId },
  )
}

/** The fields of a JSON object; none of them if the body is something else. */
async function bodyOf<Fields extends object>(request: Request): Promise<Partial<Fields>> {
  const body: unknown = await request.json().catch(() => null)
  return typeof body === 'object' && body !== null ? body : {}
}
