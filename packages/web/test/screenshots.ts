import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { newPage, startBrowser } from './pages/browser.js'
import { type OpenPages, openPages } from './pages/election.js'
import { cast, encrypt, giveCode, start } from './pages/voter.js'

// Pictures of the pages as voters see them, at three widths, light and dark: npx tsx packages/web/test/screenshots.ts [folder]

const folder = process.argv[2] ?? '.cista/screenshots'
const widths = [320, 768, 1280]

type Go = (page: Page, pages: OpenPages) => Promise<void>
const next = (page: Page) => page.locator('main button[type=submit]').click()
const primary = (page: Page) => page.locator('main > button:not(.second):not(.link)').click()

/** Each goes on where the one before has ended. */
const shots: readonly (readonly [name: string, go: Go])[] = [
  ['elections', async (page, pages) => void (await page.goto(`${pages.server.url}/`))],
  [
    'front-page',
    async (page, pages) => {
      await page.goto(pages.page('index'))
      await page.locator('.live').waitFor()
    },
  ],
  ['code', async (page, pages) => void (await page.goto(pages.page('vote')))],
  [
    'welcome',
    async (page, pages) => {
      await giveCode(page, pages.code(0))
      await page.locator('main > button').waitFor()
    },
  ],
  [
    'selection',
    async (page) => {
      await start(page)
      await page.locator('#option-0').check()
    },
  ],
  ['points', async (page) => (await next(page), await page.locator('.stepper button').nth(1).click())],
  ['ranking', async (page) => (await next(page), await page.locator('#option-1').click())],
  ['review', async (page) => (await next(page), await page.locator('.reviewed').first().waitFor())],
  ['decision', async (page) => (await primary(page), await page.locator('button.cast').waitFor())],
  ['receipt', async (page) => (await cast(page), await page.locator('svg.qr').waitFor())],
  [
    'test',
    async (page, pages) => {
      await page.evaluate(() => sessionStorage.clear())
      await page.goto(pages.page('vote'))
      await encrypt(page, pages.code(1))
      await page.locator('button.second').click()
      await page.locator('svg.qr').nth(1).waitFor()
    },
  ],
  ['check', async (page, pages) => void (await page.goto(pages.page('check')))],
  [
    'verified',
    async (page, pages) => {
      await page.goto(pages.page('verify'))
      await page.locator('main > button').click()
      await page.locator('.checks').waitFor()
    },
  ],
]

const pages = await openPages()
const browser = await startBrowser()
await mkdir(folder, { recursive: true })
const names: string[] = []
const { page } = await newPage(browser, pages.page('index'))
for (const [name, go] of shots) {
  await go(page, pages)
  await page.locator('main h1:not(.busy)').waitFor()
  for (const width of widths)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize({ width, height: 900 })
      await page.emulateMedia({ colorScheme })
      const file = `${name}-${width}-${colorScheme}.png`
      await page.screenshot({ path: join(folder, file), fullPage: true })
      names.push(file)
    }
  await page.emulateMedia({ colorScheme: 'light' })
}
const images = names.map(
  (file) => `<figure><img src="${file}" alt=""><figcaption>${file}</figcaption></figure>`,
)
await writeFile(
  join(folder, 'index.html'),
  `<!doctype html><meta charset="utf-8"><title>Pages</title>\n${images.join('\n')}\n`,
)
await browser.close()
await pages.end()
process.stdout.write(`${names.length} pictures in ${folder}: open ${join(folder, 'index.html')}\n`)
