import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { freePort } from '../support/product.ts'
import { SDKS, type Sdk } from './sdks.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** What the page has to be copied, by its language, in order. */
const blocks = new Map<string, string[]>()
for (const [, language = '', text = ''] of readFileSync(
  here('../../docs/moving-from-braintrust.md'),
  'utf8',
).matchAll(/ {3}```(\w+)\n([\s\S]*?) {3}```/g)) {
  blocks.set(language, [...(blocks.get(language) ?? []), text.replaceAll(/^ {3}/gm, '')])
}
const [start = '', variables = ''] = blocks.get('sh') ?? []

/** What Heed prints, as far as the page speaks of it. */
interface Printed {
  readonly url: string
  readonly signInLink: string
  readonly apiKey: string
}

let heed: ChildProcess
let dataDir: string
let printed: Printed
let browser: Awaited<ReturnType<typeof openBrowser>>

/** Runs lines in a shell of its own; `input` goes to what they run. */
function shell(lines: string, cwd: string, env: Record<string, string> = {}): ChildProcess {
  const { PATH = '', HOME = '' } = process.env
  return spawn('sh', ['-c', lines], { cwd, env: { PATH, HOME, ...env }, detached: true })
}

/** Resolves when it has ended, or printed what was waited for, to all that it printed. */
function output(child: ChildProcess, waitedFor?: string): Promise<string> {
  let text = ''
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      text += chunk
      if (waitedFor && text.includes(waitedFor)) resolve(text)
    })
    child.stderr?.on('data', (chunk) => {
      text += chunk
    })
    child.once('close', (code) => (code === 0 ? resolve(text) : reject(new Error(text))))
  })
}

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'heed-moving-'))
  // Of its own, beside a Heed that this machine may have.
  const env = { HEED_DATA_DIR: dataDir, HEED_PORT: String(await freePort()) }
  heed = shell(start, here('../..'), env)
  const text = await output(heed, 'logFeedback')
  const find = (what: RegExp) => what.exec(text)?.[1] ?? ''
  printed = {
    url: find(/Heed is running on (\S+)/),
    signInLink: find(/Dashboard +(\S+)/),
    apiKey: find(/API key +(\S+)/),
  }
  browser = await openBrowser()
}, 60_000)
afterEach(async () => {
  await browser?.close()
  const ended = new Promise((resolve) => heed.once('close', resolve))
  if (heed.pid) process.kill(-heed.pid, 'SIGTERM')
  await ended
  rmSync(dataDir, { recursive: true, force: true })
})

/** Runs the program of the page in the language of an SDK, after its two variables; what it printed. */
async function run(sdk: Sdk): Promise<{ id: string }> {
  const [program = ''] = blocks.get(sdk.language === 'python' ? 'py' : 'js') ?? []
  const set = variables
    .replace('http://127.0.0.1:4333', printed.url)
    .replace('heed_…', printed.apiKey)
  const options = sdk.language === 'python' ? '' : '--input-type=module'
  const child = shell(`${set}\n'${sdk.command}' ${options} -`, here('.'))
  // Here an old version is installed beside the new one, under another name.
  child.stdin?.end(program.replace("from 'braintrust'", `from '${sdk.module}'`))
  return JSON.parse((await output(child)).trim().split('\n').at(-1) ?? '')
}

test.each(SDKS)('a new user of $name does as the page says, and sees what it says', async (sdk) => {
  const first = await run(sdk)

  const page = await browser.context.newPage()
  page.setDefaultTimeout(10_000)
  await page.goto(printed.signInLink)
  const project = page.locator('tr', { has: page.getByRole('link', { name: 'my-app' }) })
  expect(await project.locator('td').first().textContent()).toBe('1')
  await project.getByRole('link').click()
  const traces = page.locator('tr[data-trace]')
  await traces.getByRole('link', { name: 'POST /chat' }).click()
  const trace = page.getByRole('region', { name: 'Trace' })
  const seesVote = async () => {
    await trace.getByRole('region', { name: 'Input' }).getByText('Where is my order?').waitFor()
    await trace.getByRole('region', { name: 'Output' }).getByText('On its way.').waitFor()
    const vote = trace.locator('[data-judgement][data-user=u1][data-name=helpful][data-value="1"]')
    await vote.waitFor()
    await trace.locator('li', { hasText: 'Just what I needed' }).getByText('u1').first().waitFor()
  }
  await seesVote()
  expect(new URL(page.url()).searchParams.get('oid')).toBe(first.id)
  expect(await traces.count()).toBe(1)

  // Live: what is run meanwhile appears on the open page.
  await page.evaluate('window.heedTestLoad = true')
  const second = await run(sdk)
  await traces.nth(1).waitFor()
  await traces.first().locator('[data-score=helpful]').waitFor()
  await trace.getByRole('button', { name: 'Newer trace' }).click()
  await seesVote()
  expect(new URL(page.url()).searchParams.get('oid')).toBe(second.id)
  expect(await page.evaluate('window.heedTestLoad')).toBe(true)
})
