import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserPath, newPage, startBrowser } from './browser.js'
import { type OpenPages, openPages } from './election.js'
import { cast, choose, encrypt, fillIn, giveCode, isOnBoard, see, start, trackerOn } from './voter.js'

describe.runIf(browserPath !== undefined)('voting', () => {
  let pages: OpenPages
  let browser: Browser
  beforeAll(async () => {
    pages = await openPages(undefined, 12)
    browser = await startBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await pages?.end()
  })
  const open = (url = pages.page('vote')) => newPage(browser, url)
  const isCast = (tracker: string) => isOnBoard(pages.server.url, pages.party.id, tracker)

  it('leads from the review to one question and back, and says where no more can be given', async () => {
    const { page, faults } = await open()
    await fillIn(page, pages.code(0))
    await page.getByRole('button', { name: 'Change: Where shall the money go?' }).click()
    await see(page, 'Where shall the money go?')
    const button = (name: string) => page.getByRole('button', { name })
    const dim = (name: string) => button(name).getAttribute('aria-disabled')
    const [more, less] = ['One point more for A path', 'One point less for Lights']
    expect([await dim(more), await dim(less)]).toEqual(['false', 'true'])
    for (let i = 0; i < 5; i++) await button(more).click({ force: true })
    await page.getByText('4 points given, 1 left').waitFor()
    expect([await dim(more), await dim('One point more for Lights')]).toEqual(['true', 'false'])
    await button('Continue').click()
    await see(page, 'Are these your choices?')
    await page.getByText('A path: 4 points').waitFor()
    await page.getByRole('button', { name: 'Change: What shall the park get?' }).click()
    await see(page, 'What shall the park get?')
    await button('Back').click()
    await see(page, 'Are these your choices?')
    expect(faults).toEqual([])
  })

  it('leads from the code, as people type it, to a receipt, and finds the ballot again by it', async () => {
    const { page, faults } = await open()
    await giveCode(page, pages.code(0).toLowerCase().replaceAll('-', ' ').replace('1', 'l'))
    await see(page, 'You may vote')
    await start(page)
    await see(page, 'What shall the park get?')
    await choose(page)
    const reviewed = await page.locator('.reviewed').allInnerTexts()
    expect(reviewed.map((text) => text.split('\n').filter((line) => line !== ''))).toEqual([
      [
        'What shall the park get?',
        'A pond',
        'You have chosen 1 and could choose 1 more. That is allowed.',
        'Change',
      ],
      ['Where shall the money go?', 'A path: 1 point', '4 points are not given. That is allowed.', 'Change'],
      [
        'Which colour, best first?',
        'Green',
        'You have chosen 1 and could choose 2 more. That is allowed.',
        'Change',
      ],
    ])
    await page.getByRole('button', { name: 'Encrypt my ballot' }).click()
    await see(page, 'Your ballot is ready. Cast it?')
    const tracker = await trackerOn(page)
    expect(await isCast(tracker)).toBe(false)
    await cast(page)
    await see(page, 'Your vote is cast')
    expect(await trackerOn(page)).toBe(tracker)
    expect(await isCast(tracker)).toBe(true)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save the receipt' }).click(),
    ])
    expect(download.suggestedFilename()).toBe(`receipt-${tracker.slice(0, 8)}.json`)
    await page.getByRole('link', { name: 'Check my ballot, now or after the closing' }).click()
    expect(await page.getByLabel('Your tracker').inputValue()).toBe(tracker)
    await page.getByLabel('Your receipt').setInputFiles(await download.path())
    await page.getByRole('button', { name: 'Look it up' }).click()
    await see(page, 'This ballot is there, and counts')
    expect(await trackerOn(page)).toBe(tracker)
    await page.getByText('For experts').click()
    const [proof] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: `${tracker.slice(0, 8)}.tlog-proof` }).click(),
    ])
    expect(readFileSync(await proof.path(), 'utf8')).toMatch(/^c2sp.org\/tlog-proof@v1\n/)
    expect(faults).toEqual([])
  })

  it('takes the code out of an invitation’s link, and votes again where that is allowed', async () => {
    const { page } = await open(`${pages.page('vote')}#${pages.code(1)}`)
    await see(page, 'You may vote')
    expect(page.url()).toBe(pages.page('vote'))
    await start(page)
    await choose(page)
    await page.getByRole('button', { name: 'Encrypt my ballot' }).click()
    const first = await trackerOn(page)
    await cast(page)
    await see(page, 'Your vote is cast')
    await page.getByRole('button', { name: 'You may vote again until' }).click()
    await see(page, 'Enter your voting code')

    await giveCode(page, pages.code(1))
    await page.getByText('With this code a ballot was cast before').waitFor()
    expect(await trackerOn(page)).toBe(first)
    await start(page)
    await choose(page)
    await page.getByRole('button', { name: 'Encrypt my ballot' }).click()
    await cast(page)
    await see(page, 'Your vote is cast')
    const second = await trackerOn(page)
    expect(second).not.toBe(first)

    await page.goto(pages.page('check'))
    const file = { name: 'receipt.json', mimeType: 'application/json', buffer: Buffer.from('{}') }
    await page.getByLabel('Your receipt').setInputFiles(file)
    expect(await page.getByRole('alert').count()).toBe(0)
    await page.getByRole('button', { name: 'Look it up' }).click()
    await page.locator('[role=alert]:focus', { hasText: 'This file is not a receipt' }).waitFor()
    await page.getByRole('link', { name: 'This file is not a receipt' }).click()
    await page.locator('#receipt[aria-invalid=true]:focus').waitFor()
    // A file that was refused is not in the way of the tracker.
    await page.getByLabel('Your tracker').fill(first.toUpperCase())
    await page.getByRole('button', { name: 'Look it up' }).click()
    await see(page, 'This ballot was replaced by a later one')
    await page.getByRole('button', { name: 'Check another ballot' }).click()
    await page.getByLabel('Your tracker').fill('0'.repeat(64))
    await page.getByRole('button', { name: 'Look it up' }).click()
    await see(page, 'No ballot with this tracker was found')
  })

  it('takes nobody for the one who voted in this tab before', async () => {
    const { page, context } = await open(`${pages.page('vote')}#${pages.code(7)}`)
    await start(page)
    await choose(page)
    await page.getByRole('button', { name: 'Encrypt my ballot' }).click()
    await cast(page)
    await see(page, 'Your vote is cast')
    // The same person again, then another one.
    await page.goto(`${pages.page('vote')}#${pages.code(7)}`)
    await see(page, 'Your vote is cast')
    await page.goto('about:blank')
    await page.goto(`${pages.page('vote')}#${pages.code(8)}`)
    await see(page, 'You may vote')
    await context.close()
  })

  it('does not let too much be chosen, nor too little', async () => {
    const { page } = await open()
    await giveCode(page, pages.code(2))
    await start(page)
    for (const name of ['A pond', 'Benches']) await page.getByLabel(name).check()
    await page.getByLabel('More trees').click()
    expect(await page.getByLabel('More trees').isChecked()).toBe(false)
    await page.getByText('You have chosen 2, which is all that is allowed').waitFor()
    await page.getByRole('button', { name: 'Continue' }).click()

    const path = page.getByLabel('A path', { exact: true })
    await path.fill('9')
    await page.getByText('4 points given, 1 left').waitFor()
    expect(await path.inputValue()).toBe('4')
    const more = page.getByRole('button', { name: 'One point more for Lights' })
    for (let i = 0; i < 3; i++) await more.click({ force: true })
    await page.getByText('5 points given, 0 left').waitFor()
    await path.press('x')
    expect(await path.inputValue()).toBe('4')
    await page.getByRole('button', { name: 'Continue' }).click()

    await see(page, 'Which colour, best first?')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('alert').getByText('Choose one more.').waitFor()
    for (const [name, place] of [
      ['Red', 1],
      ['Blue', 2],
    ] as const)
      await page.getByRole('button', { name: `Make it number ${place}: ${name}` }).click()
    await page.getByRole('button', { name: 'Move Blue up' }).click()
    await page.getByText('Blue is now number 1.').waitFor()
    expect(await page.locator('ol.ranked li > span:first-of-type').allInnerTexts()).toEqual(['Blue', 'Red'])
  })

  it('tells apart why a code is refused', async () => {
    const { page } = await open()
    const refused = async (code: string, why: string) => {
      await giveCode(page, code)
      await page.locator('#code-problem').getByText(why).waitFor()
      await page.locator('[role=alert]:focus').waitFor()
    }
    await refused('', 'A voting code has 30 letters and digits')
    await refused(pages.code(3).replace(/.$/, ''), 'A voting code has 30 letters and digits')
    await refused(`${pages.code(3).slice(0, -1)}U`, 'There is a sign in it that no voting code has')
    await refused(
      pages.code(3).replace(/^./, (c) => (c === 'A' ? 'B' : 'A')),
      'This is not a code for this election',
    )
    await refused(pages.code(999), 'This code is not on the roll')
  })

  it('goes back as far as the code, by its own button and by the browser’s', async () => {
    const { page } = await open()
    await fillIn(page, pages.code(4))
    await page.goBack()
    await see(page, 'Which colour, best first?')
    expect(await page.locator('ol.ranked li').count()).toBe(1)
    await page.getByRole('button', { name: 'Back' }).click()
    await see(page, 'Where shall the money go?')
    await page.goBack()
    await see(page, 'What shall the park get?')
    expect(await page.getByLabel('A pond').isChecked()).toBe(true)
  })

  it('says so where another window was quicker with the same code', async () => {
    const [one, other] = [await open(), await open()]
    await encrypt(one.page, pages.code(5))
    const late = await encrypt(other.page, pages.code(5))
    await cast(one.page)
    await see(one.page, 'Your vote is cast')
    await cast(other.page)
    await see(other.page, 'Your vote was not cast')
    await other.page.getByText('Another ballot was cast with your code in the meantime').waitFor()
    expect(await isCast(late)).toBe(false)
    await other.page.getByRole('button', { name: 'Start again' }).click()
    await giveCode(other.page, pages.code(5))
    await other.page.getByText('With this code a ballot was cast before').waitFor()
  })

  it('changes the language at any moment, and loses nothing', async () => {
    const { page } = await open()
    await giveCode(page, pages.code(6))
    await start(page)
    await page.getByLabel('A pond').check()
    await page.locator('header select').selectOption('et')
    await see(page, 'Mida park saab?')
    expect(await page.getByLabel('Tiik').isChecked()).toBe(true)
    expect(await page.locator('html').getAttribute('lang')).toBe('et')
    await page.locator('header select').selectOption('en')
    await see(page, 'What shall the park get?')
    expect(await page.getByLabel('A pond').isChecked()).toBe(true)
    await page.route('**/texts/*.vi.json', (route) => route.abort())
    await page.locator('header select').selectOption('vi')
    await page.getByRole('alert').getByText('That language could not be loaded.').waitFor()
    expect(await page.locator('header select').inputValue()).toBe('en')
    // Nor is it asked for when the page is loaded again.
    await page.reload()
    await see(page, 'Enter your voting code')
  })
})
