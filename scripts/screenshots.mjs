// Takes the README's pictures of a running Heed: every page, light and dark.
// Usage: node scripts/screenshots.mjs <the link that npm start printed> <project>
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { ensureChromium } from './chromium.mjs'
import { root } from './ready.mjs'

const [link, project] = process.argv.slice(2)
const { origin } = new URL(link)
const folder = join(root, 'docs/images')
mkdirSync(folder, { recursive: true })
const browser = await chromium.launch({
  executablePath: ensureChromium(),
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-sync'],
})
for (const colorScheme of ['light', 'dark']) {
  const context = await browser.newContext({
    colorScheme,
    viewport: { width: 1280, height: 720 },
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  const shoot = async (name) => {
    await page.waitForLoadState('networkidle').catch(() => {}) // the live stream never ends
    await page.waitForTimeout(1200)
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) })
  }
  page.setDefaultTimeout(10_000)
  await page.goto(link)
  await page.getByRole('link', { name: project }).first().waitFor()
  await shoot('projects')
  await page.goto(`${origin}/app/default/p/${project}/logs`)
  await page.locator('a[data-row]').first().waitFor()
  await shoot('logs')
  const response = await context.request.get(
    `${origin}/v1/traces?project_name=${project}&limit=200`,
  )
  const { traces } = await response.json()
  const most = traces.toSorted((a, b) => b.feedback_count - a.feedback_count)[0]
  await page.goto(`${origin}/app/default/p/${project}/logs?oid=${most.id}`)
  await page.locator('[data-judgement]').first().waitFor()
  await shoot('trace')
  await page.goto(`${origin}/app/default/p/${project}/feedback`)
  await page.locator('[data-comment]').first().waitFor()
  await shoot('feedback')
  await context.close()
}
await browser.close()
