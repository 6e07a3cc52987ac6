import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

/** A real Chromium with an empty profile; `npm test` finds or installs it. */
export async function openBrowser() {
  const profile = mkdtempSync(join(tmpdir(), 'heed-chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.HEED_TEST_CHROMIUM ?? '/usr/bin/chromium',
    viewport: { width: 1440, height: 900 },
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  return {
    context,
    /** By the link in what a product printed at its start. */
    signIn: async (output: string) => {
      const page = await context.newPage()
      await page.goto(/Dashboard +(\S+)/.exec(output)?.[1] ?? '')
      await page.waitForURL('**/app/default')
      await page.close()
    },
    close: async () => {
      await context.close()
      rmSync(profile, { recursive: true, force: true })
    },
  }
}
