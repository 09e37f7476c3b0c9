import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserPath, newPage, startBrowser } from './browser.js'
import { type OpenPages, openPages } from './election.js'
import { giveCode, see, start } from './voter.js'

/** What has the focus, as a reader of screens names it. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const at = document.activeElement as HTMLElement & { labels?: NodeListOf<HTMLElement> }
    return (at.getAttribute('aria-label') ?? at.labels?.[0]?.innerText ?? at.innerText ?? '').trim()
  })

/** A step's heading gets the focus. */
const focus = (page: Page, heading: string) => page.locator('h1:focus', { hasText: heading }).waitFor()

/** Tab by tab until what has the focus is called so. @returns everything on the way. */
async function tabTo(page: Page, name: string): Promise<string[]> {
  const passed: string[] = []
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab')
    const now = await focused(page)
    passed.push(now.split('\n')[0]!)
    if (now.split('\n')[0] === name) return passed
  }
  throw new Error(`no way to “${name}”: ${passed.join(', ')}`)
}

describe.runIf(browserPath !== undefined)('by keyboard only', () => {
  let pages: OpenPages
  let browser: Browser
  beforeAll(async () => {
    pages = await openPages()
    browser = await startBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await pages?.end()
  })

  it('one votes, in the order in which things are read, and always knows where one is', async () => {
    const { page } = await newPage(browser, pages.page('vote'))
    await see(page, 'Enter your voting code')
    const press = async (name: string, key = 'Enter') => {
      const way = await tabTo(page, name)
      await page.keyboard.press(key)
      return way
    }
    expect(await tabTo(page, 'Voting code')).toEqual(['Skip to the main part', 'Language', 'Voting code'])
    await page.keyboard.type('nonsense')
    await page.keyboard.press('Enter')
    await page.locator('[role=alert]:focus').waitFor()
    await press('A voting code has 30 letters and digits. Look whether one is missing, or too many.')
    expect(await focused(page)).toBe('Voting code')
    await page.keyboard.press('Control+A')
    await page.keyboard.type(pages.code(0))
    await page.keyboard.press('Enter')
    await see(page, 'You may vote')
    await focus(page, 'You may vote')
    await press('Start')
    await see(page, 'What shall the park get?')
    await focus(page, 'What shall the park get?')
    expect(await press('A pond', 'Space')).toEqual(['A pond'])
    await press('More trees', 'Space')
    expect(await page.locator('.count').innerText()).toBe('2 of 2 chosen')
    await press('Continue')
    await see(page, 'Where shall the money go?')
    expect(await press('One point more for A path')).toEqual([
      'One point less for A path',
      'A path',
      'One point more for A path',
    ])
    await tabTo(page, 'Lights')
    await page.keyboard.type('2')
    expect(await page.locator('.count').innerText()).toBe('3 points given, 2 left')
    await press('Continue')
    await see(page, 'Which colour, best first?')
    await press('Make it number 1: Blue')
    await press('Make it number 2: Red')
    await page.keyboard.press('Shift+Tab')
    await page.locator('h1').focus()
    await press('Move Red up')
    expect(await page.locator('.count').innerText()).toContain('Red is now number 1.')
    await press('Continue')
    await see(page, 'Are these your choices?')
    await focus(page, 'Are these your choices?')
    await press('Encrypt my ballot')
    await see(page, 'Your ballot is ready. Cast it?')
    await focus(page, 'Your ballot is ready. Cast it?')
    expect(await press('Cast my vote')).toEqual(['Cast my vote'])
    await see(page, 'Your vote is cast')
    await focus(page, 'Your vote is cast')
  })

  it('skips to the main part, and goes on from there', async () => {
    const { page } = await newPage(browser, pages.page('vote'))
    await giveCode(page, pages.code(1))
    await start(page)
    await see(page, 'What shall the park get?')
    await page.getByLabel('Benches').check()
    await page.locator('.skip').focus()
    await page.keyboard.press('Enter')
    await page.locator('main:focus').waitFor()
    await see(page, 'What shall the park get?')
    expect(await tabTo(page, 'A pond')).toEqual(['Back', 'A pond'])
    expect(await page.getByLabel('Benches').isChecked()).toBe(true)
    expect(page.url()).toBe(pages.page('vote'))
  })

  it('puts options in order without losing its place', async () => {
    const { page } = await newPage(browser, pages.page('vote'))
    await giveCode(page, pages.code(2))
    await start(page)
    for (let i = 0; i < 2; i++) await page.locator('main button[type=submit]').click()
    await see(page, 'Which colour, best first?')
    const at = async (name: string) => {
      await expect.poll(() => focused(page)).toBe(name)
    }
    await page.locator('main button[type=submit]').click()
    await page.locator('[role=alert]:focus').waitFor()
    await tabTo(page, 'Make it number 1: Red')
    await page.keyboard.press('Enter')
    await at('Make it number 2: Green')
    await page.keyboard.press('Enter')
    await at('Make it number 3: Blue')
    await page.keyboard.press('Enter')
    await at('Move Blue up')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await at('Move Blue up')
    expect(await page.locator('ol.ranked li > span:first-of-type').allInnerTexts()).toEqual([
      'Blue',
      'Red',
      'Green',
    ])
    await tabTo(page, 'Take Red out of your order')
    await page.keyboard.press('Enter')
    await at('Make it number 3: Red')
    // What was a problem before is not told again while one tries this and that.
    for (const name of ['Blue', 'Green']) await page.getByRole('button', { name: `Take ${name} out` }).click()
    await at('Make it number 1: Green')
    expect(await page.getByRole('alert').count()).toBe(0)
    await page.locator('header select').selectOption('et')
    await page.locator('.count', { hasText: 'Roheline ei ole enam teie järjekorras.' }).waitFor()
  })
})
