import { type Browser, type BrowserContext, type Page, chromium } from 'playwright-core'

/** Set by scripts/test.sh, which says so where there is no browser. */
export const browserPath = process.env['CISTA_TEST_BROWSER']
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run']
const quiet = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--in-process-gpu',
]

export const startBrowser = (more: readonly string[] = []): Promise<Browser> =>
  chromium.launch({ executablePath: browserPath ?? '/usr/bin/chromium', args: [...flags, ...quiet, ...more] })

/** What a page must never do, whatever it shows: collected, and looked at by `faults`. */
export interface Watched {
  readonly page: Page
  /** Errors, warnings of the Content-Security-Policy among them, and requests to other hosts. */
  readonly faults: string[]
}

/** A new page of its own, as on another device. */
export async function newPage(
  browser: Browser,
  url: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Watched & { readonly context: BrowserContext }> {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC', ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`))
  page.on('console', (message) => {
    // The browser itself remarks on requests that fail, which tests make fail.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      faults.push(`console: ${message.text()}`)
  })
  page.on('request', (request) => {
    const asked = new URL(request.url())
    if (asked.hostname !== '127.0.0.1' && !['blob:', 'data:'].includes(asked.protocol))
      faults.push(`request: ${asked.href}`)
  })
  await page.goto(url)
  return { page, context, faults }
}
