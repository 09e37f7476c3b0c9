import { createRequire } from 'node:module'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { languages } from '../../src/text/languages.js'
import { browserPath, newPage, startBrowser } from './browser.js'
import { type OpenPages, openPages } from './election.js'
import { cast, encrypt, fillIn, giveCode, start, trackerOn } from './voter.js'

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

interface Axe {
  run(what: object): Promise<{
    readonly violations: readonly {
      readonly id: string
      readonly nodes: readonly { readonly html: string }[]
    }[]
  }>
}

/** Its letters are wide, and its words long. */
const widest = 'ta'

/** What voters may set in their browsers: the text spacing of WCAG 1.4.12, and text of 200 % in a window of 640 px. */
const settings = [
  {
    name: 'spaced',
    width: 320,
    style:
      '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }',
  },
  { name: 'text at 200 %', width: 640, style: ':root { font-size: 36px !important }' },
] as const

/** What is wider than the page, or than the box that it stands in. */
const tooWide = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('html, body *')]
      .filter(({ clientWidth, scrollWidth }) => clientWidth > 0 && scrollWidth > clientWidth + 1)
      .map((wide) => `too wide: ${wide.outerHTML.slice(0, 200)}`),
  )

/** Violations of a page as it is, by axe-core. */
const look = (page: Page, only?: string): Promise<string[]> =>
  page.evaluate(
    async ({ values, rule }) => {
      const { axe } = globalThis as unknown as { axe: Axe }
      const runOnly = rule === undefined ? { type: 'tag', values } : { type: 'rule', values: [rule] }
      const { violations } = await axe.run({ runOnly, resultTypes: ['violations'] })
      return violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html.slice(0, 200)}`)
    },
    { values: tags, rule: only },
  )

describe.runIf(browserPath !== undefined)('every state of every page, for everybody', () => {
  let pages: OpenPages
  let browser: Browser
  let voter = 0
  beforeAll(async () => {
    pages = await openPages(undefined, 30)
    browser = await startBrowser(['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'])
  })
  afterAll(async () => {
    await browser?.close()
    await pages?.end()
  })
  const code = () => pages.code(voter++)

  /** A page as narrow as any phone, which lets axe-core in although the page's own policy lets nothing in. */
  async function narrow(url: string) {
    const opened = await newPage(browser, url, { viewport: { width: 320, height: 640 }, bypassCSP: true })
    await opened.page.locator('main h1:not(.busy)').waitFor()
    // On later pages it is there from the start, and need not be sent again.
    await opened.page.addInitScript({ path: axePath })
    return opened
  }

  /** In all languages, light and dark. */
  async function audit(page: Page, state: string): Promise<void> {
    if (!(await page.evaluate(() => 'axe' in globalThis))) await page.addScriptTag({ path: axePath })
    const found: string[] = []
    for (const language of Object.keys(languages)) {
      await page.locator('header select').selectOption(language)
      await page.locator(`html[lang=${language}]`).waitFor()
      const levels = await page.locator('h1, h2, h3').evaluateAll((all) => all.map(({ tagName }) => tagName))
      if (levels.filter((level) => level === 'H1').length !== 1) found.push(`${language}: not one h1`)
      found.push(...[...(await look(page)), ...(await tooWide(page))].map((fault) => `${language}: ${fault}`))
      for (const { name, width, style } of language === widest ? settings : []) {
        await page.setViewportSize({ width, height: 640 })
        const tag = await page.addStyleTag({ content: style })
        found.push(...(await tooWide(page)).map((fault) => `${language}, ${name}: ${fault}`))
        await tag.evaluate((set) => (set as Element).remove())
      }
      await page.setViewportSize({ width: 320, height: 640 })
      await page.emulateMedia({ colorScheme: 'dark' })
      found.push(...(await look(page, 'color-contrast')).map((fault) => `${language}, dark: ${fault}`))
      await page.emulateMedia({ colorScheme: 'light' })
    }
    await page.locator('header select').selectOption('en')
    await page.locator('html[lang=en]').waitFor()
    expect(found.map((fault) => `${state}, ${fault}`)).toEqual([])
  }

  const drop = (context: BrowserContext, path: string) => context.route(path, (route) => route.abort())

  it('voting', async () => {
    const { page } = await narrow(pages.page('vote'))
    await audit(page, 'code')
    await giveCode(page, 'wrong')
    await page.locator('#code-problem').waitFor()
    await audit(page, 'code with a problem')
    await giveCode(page, code())
    await page.locator('main > button:not(.link)').waitFor()
    await audit(page, 'welcome')
    await start(page)
    await page.locator('#option-0').check()
    await page.locator('#option-1').check()
    await page.locator('#option-2').click()
    await page.locator('p.problem').waitFor()
    await audit(page, 'selection, full')
    await page.locator('main button[type=submit]').click()
    await page.locator('.stepper button').nth(1).click()
    await audit(page, 'score')
    await page.locator('main button[type=submit]').click()
    await page.locator('.unranked').waitFor()
    await page.locator('main button[type=submit]').click()
    await page.getByRole('alert').waitFor()
    await audit(page, 'ranking with a problem')
    await page.locator('#option-1').click()
    await page.locator('#option-0').click()
    await audit(page, 'ranking')
    await page.locator('main button[type=submit]').click()
    await page.locator('.reviewed').first().waitFor()
    await audit(page, 'review')
    await page.locator('main > button:not(.second):not(.link)').click()
    await page.locator('button.cast').waitFor()
    await audit(page, 'decision')
    await page.reload()
    await page.locator('button.cast').waitFor()
    await audit(page, 'decision after a reload')
    let goOn = () => {}
    const waiting = new Promise<void>((resolve) => {
      goOn = resolve
    })
    await page.route('**/entries', async (route) => {
      await waiting
      await route.continue()
    })
    await cast(page)
    await page.locator('h1.busy:focus').waitFor()
    expect(await page.title()).toMatch(/^Sending your ballot/)
    await audit(page, 'sending')
    goOn()
    await page.locator('.good').waitFor()
    await page.locator('svg.qr').waitFor()
    await audit(page, 'cast')
  }, 240_000)

  it('testing', async () => {
    const { page } = await narrow(pages.page('vote'))
    const tracker = await encrypt(page, code())
    await page.locator('button.second').click()
    await page.locator('svg.qr').nth(1).waitFor()
    await audit(page, 'test, tracker')
    await page.locator('.steps button').click()
    await page.locator('#reveal').waitFor({ state: 'attached' })
    await page.locator('svg.qr').waitFor()
    await page.locator('summary').click()
    await audit(page, 'test, reveal')
    const text = await page.locator('#reveal').inputValue()

    const second = (await narrow(pages.page('test'))).page
    await second.locator('.scanner button').click()
    await second.locator('video').waitFor()
    await audit(second, 'second device, tracker, with the camera on')
    await second.locator('#tracker').fill('no')
    await second.locator('main button[type=submit]').click()
    await second.getByRole('alert').waitFor()
    await audit(second, 'second device, problem')
    await second.locator('#tracker').fill(tracker)
    await second.locator('main button[type=submit]').click()
    await second.locator('textarea#reveal').fill(text)
    await audit(second, 'second device, reveal')
    await second.locator('main button[type=submit]').click()
    await second.locator('.reviewed').first().waitFor()
    await audit(second, 'second device, same')
    await second.locator('main button.second').click()
    await second.locator('#tracker').fill('0'.repeat(64))
    await second.locator('main button[type=submit]').click()
    await second.locator('textarea#reveal').fill(text)
    await second.locator('main button[type=submit]').click()
    await second.locator('.alarm').waitFor()
    await audit(second, 'second device, different')
  }, 240_000)

  it('trouble', async () => {
    const { page, context } = await narrow(pages.page('vote'))
    const again = code()
    await encrypt(page, again)
    const other = (await narrow(pages.page('vote'))).page
    await encrypt(other, again)
    await drop(context, '**/entries')
    await cast(page)
    await page.locator('main h1:not(.busy)').waitFor()
    await page.locator('.tracker').waitFor()
    await audit(page, 'unknown')
    await cast(other)
    await other.locator('.good').waitFor()
    const first = await trackerOn(other)
    await context.unrouteAll()
    await page.locator('main > button:not(.second)').first().click()
    await page.locator('main details').waitFor()
    await page.locator('.alarm').waitFor()
    await audit(page, 'refused')
    await page.locator('main > button').click()
    await giveCode(page, again)
    await page.locator('.note').waitFor()
    await audit(page, 'welcome, voted before')
    await page.reload()
    await page.locator('.note').waitFor()
    await audit(page, 'code, loaded again')
    await context.route('**/entries', (route) =>
      route.fulfill({ status: 201, json: { entry: '{}', receipt: 'none' } }),
    )
    await fillIn(page, again)
    await page.locator('main > button:not(.second):not(.link)').click()
    await cast(page)
    await page.locator('main .buttons button').nth(1).waitFor()
    await audit(page, 'unproven')
    await drop(context, '**/api/**')
    await page.goto(pages.page('check'))
    await page.locator('main .note').waitFor()
    await audit(page, 'unreachable')
    await context.unrouteAll()
    await page.reload()
    await page.locator('#tracker').waitFor()
    await audit(page, 'check')
    await page.locator('#tracker').fill('no')
    await page.locator('main button[type=submit]').click()
    await page.getByRole('alert').waitFor()
    await audit(page, 'check with a problem')
    for (const tracker of [first, '0'.repeat(64)]) {
      await page.locator('#tracker').fill(tracker)
      await page.locator('main button[type=submit]').click()
      await page.locator('.tracker').waitFor()
      await audit(page, 'checked')
      await page.locator('main > button').click()
    }
    await page.goto(pages.page('vote').replace(/\?.*/, ''))
    await page.locator('main h1:not(.busy)').waitFor()
    await audit(page, 'no election')
  }, 240_000)

  it('observing', async () => {
    const { page } = await narrow(`${pages.server.url}/`)
    await audit(page, 'elections')
    await pages.party.follow()
    await pages.party.post('notice', { text: 'The hall is open.\nCome in.' })
    await page.goto(pages.page('index'))
    await page.locator('.live').waitFor()
    await page.locator('.prose').waitFor()
    await audit(page, 'front page')
    await page.goto(pages.page('results'))
    await page.locator('main h1:not(.busy)').waitFor()
    await audit(page, 'no result yet')
    await pages.party.post('close-requested', { reason: 'all have voted' })
    await pages.party.reached('tallied')
    for (const trustee of [1, 2]) await pages.party.decrypt(trustee)
    await pages.party.reached('ended')
    await page.reload()
    await page.locator('table').first().waitFor()
    await audit(page, 'results')
    await page.goto(pages.page('verify'))
    await page.locator('main > button').waitFor()
    await audit(page, 'verify')
    await page.locator('main > button').click()
    await page.locator('.checks').waitFor()
    await audit(page, 'verified')
    await page.goto(pages.page('vote'))
    await page.locator('main h1:not(.busy)').waitFor()
    await audit(page, 'voting has closed')
  }, 240_000)
})
