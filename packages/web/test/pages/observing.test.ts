import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sha256, toHex } from '@cista/board'
import { readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { browserPath, newPage, startBrowser } from './browser.js'
import { builtPages, everyKind, type OpenPages, openPages } from './election.js'
import { see } from './voter.js'

/** Later than any browser's clock: of workers it cannot be set. */
const schedule = { opens: '2126-01-05T09:00:00Z', closes: '2126-01-05T17:00:00Z' }

/** SHA-256 of every file of the built pages, as a manifest lists them. */
const published = () =>
  Object.fromEntries(
    readdirSync(builtPages, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [relative(builtPages, file), toHex(sha256(readFileSync(file)))]),
  )

describe.runIf(browserPath !== undefined)('observing', () => {
  let pages: OpenPages
  let browser: Browser
  beforeAll(async () => {
    pages = await openPages({ ...everyKind, schedule, page: published() }, 5, 'setup')
    browser = await startBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await pages?.end()
  })
  const choices = (pond: string, colour: string) => ({
    park: { kind: 'selection', selected: [pond] } as const,
    money: { kind: 'score', points: { lights: 2 } } as const,
    colour: { kind: 'ranking', ranked: [colour, 'red'].slice(0, colour === 'red' ? 1 : 2) } as const,
  })

  it('binds each page by the same policy, as a header and in itself', async () => {
    const answer = await fetch(pages.page('vote'))
    const own = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(await answer.text())?.[1]
    const directives = (policy: string | null | undefined) => (policy ?? '').split('; ').sort()
    // Which a page cannot say of itself.
    const header = directives(answer.headers.get('content-security-policy'))
    expect(header).toContain("frame-ancestors 'none'")
    expect(header.filter((directive) => !directive.startsWith('frame-ancestors'))).toEqual(directives(own))
  })

  it('lists the elections of the server', async () => {
    const { page, faults } = await newPage(browser, `${pages.server.url}/`)
    await see(page, 'Elections')
    await page.getByRole('link', { name: 'The park' }).click()
    await see(page, 'The park')
    expect(page.url()).toBe(pages.page('index'))
    expect(faults).toEqual([])
  })

  it('goes on by itself when voting opens, on the front page and where a voter waits', async () => {
    const { page: front } = await newPage(browser, pages.page('index'))
    await front.getByText(/Voting opens on .*5 January 2126 at 09:00 UTC at the earliest/).waitFor()
    await front.getByText(/Voting opens in [\d,]+ days/).waitFor()
    const { page: vote } = await newPage(browser, 'about:blank')
    await vote.clock.install({ time: schedule.opens })
    await vote.goto(pages.page('vote'))
    await see(vote, 'Voting is not open yet')
    await vote.clock.runFor(60_000)
    await see(vote, 'Voting is not open yet')
    const { page: check } = await newPage(browser, pages.page('check'))
    await see(check, 'Voting is not open yet, so there is no ballot to look up')
    pages.server.clock.set(schedule.opens)
    await pages.party.reached('open')
    await vote.clock.runFor(21_000)
    await see(vote, 'Enter your voting code')
    await front.getByText(/Voting closes in [\d,]+ days/).waitFor()
    await front.getByRole('link', { name: 'Vote' }).first().waitFor()
  })

  it('tells ballots as they come, and no partial result', async () => {
    const { page, faults } = await newPage(browser, pages.page('index'))
    await page.getByText('Ballots so far: 0').waitFor()
    await page.getByRole('button', { name: 'Stop updating' }).click()
    await pages.party.send(pages.party.ballot(0, choices('pond', 'green')))
    await page.waitForTimeout(500)
    await page.getByText('Ballots so far: 0').waitFor()
    await page.getByRole('button', { name: 'Update again' }).click()
    await page.getByText('Ballots so far: 1').waitFor()
    await page.goto(pages.page('results'))
    await see(page, 'There is no result yet')
    expect(await page.locator('table').count()).toBe(0)
    expect(faults).toEqual([])
  })

  it('shows what the administrators say, while it is open', async () => {
    const { page, faults } = await newPage(browser, pages.page('index'))
    await see(page, 'The park')
    expect(await page.getByText('News from').count()).toBe(0)
    await pages.party.post('notice', { text: 'The hall is open.\nCome in.' })
    await page.getByRole('heading', { name: 'News from the people who run it' }).waitFor()
    expect(await page.locator('.prose').allInnerTexts()).toEqual(['The hall is open.\nCome in.'])
    await page.getByText(/Voting is open until .*5 January 2126 at 17:00 UTC/).waitFor()
    await pages.party.post('extended', { closes: '2126-01-05T18:30:00Z', reason: 'So much snow.' })
    await page.getByText(/Voting is open until .*5 January 2126 at 18:30 UTC/).waitFor()
    await page.getByText(/Voting closes later: on .*5 January 2126 at 18:30 UTC/).waitFor()
    expect(await page.locator('.prose').allInnerTexts()).toEqual([
      'So much snow.',
      'The hall is open.\nCome in.',
    ])
    expect(faults).toEqual([])
  })

  it('asks again and again where WebSockets are blocked', async () => {
    const context = await browser.newContext()
    await context.routeWebSocket(/\/live$/, (socket) => socket.close())
    const page = await context.newPage()
    await page.goto(pages.page('index'))
    await page.getByText('Ballots so far: 1').waitFor()
  })

  it('verifies what there is while voting is open, in the browser', async () => {
    const { page, faults } = await newPage(browser, pages.page('verify'))
    await page.getByRole('button', { name: 'Verify the election now' }).click()
    await see(page, 'Nothing is wrong so far')
    expect(await page.locator('.checks .passed').count()).toBe(6)
    expect(await page.locator('.checks .not-reached').count()).toBe(4)
    expect(faults).toEqual([])
  })

  it('shows the result, and verifies it', async () => {
    for (const [voter, pond, colour] of [
      [1, 'pond', 'red'],
      [2, 'trees', 'blue'],
    ] as const)
      await pages.party.send(pages.party.ballot(voter, choices(pond, colour)))
    await pages.party.follow()
    const front = await newPage(browser, pages.page('index'))
    await front.page.getByText('Ballots so far: 3').waitFor()
    await pages.party.post('close-requested', { reason: 'all have voted' })
    await pages.party.reached('tallied')
    await front.page.getByText('Voting was closed before the planned time.').waitFor()
    await front.page.getByText('all have voted').waitFor()
    const early = await newPage(browser, pages.page('results'))
    await early.page.getByText('Voting has closed. Until the trustees').waitFor()
    await pages.party.decrypt(1)
    await pages.party.decrypt(2)
    await pages.party.reached('ended')

    // The page that was open all the time has gone on by itself.
    await front.page.getByText('Voting has closed, and the result is there.').waitFor()
    await front.page.getByRole('link', { name: 'Results' }).first().waitFor()

    const { page, faults } = await newPage(browser, pages.page('results'))
    await see(page, 'Results')
    const rows = await page
      .locator('section')
      .first()
      .locator('tbody tr')
      .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)))
    expect(rows).toEqual([
      ['A pond', '2', '66.7%'],
      ['More trees', '1', '33.3%'],
      ['Benches', '0', '0%'],
    ])
    await page.getByText('60% of 5 who may vote').first().waitFor()

    await page.goto(pages.page('verify'))
    await page.getByRole('button', { name: 'Verify the election now' }).click()
    await see(page, 'Verified: the result is right')
    expect(await page.locator('.checks .passed').count()).toBe(10)
    await page.getByText(`All ${Object.keys(published()).length} files are as published.`).waitFor()
    await page.getByText('npx cista-verify http').first().waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save the report' }).click(),
    ])
    const report = JSON.parse(readFileSync(await download.path(), 'utf8'))
    expect(report.verdict).toBe('verified')
    expect(faults).toEqual([])
  })

  it('refutes a record that was changed, and names a file of the pages that is another', async () => {
    const { page, context } = await newPage(browser, pages.page('verify'))
    await context.route('**/payloads/**', async (route) => {
      const answer = await route.fetch()
      const body = await answer.body()
      body[body.length - 20] = body[body.length - 20]! ^ 1
      await route.fulfill({ response: answer, body })
    })
    await page.getByRole('button', { name: 'Verify the election now' }).click()
    await see(page, 'Refuted: something is wrong')
    await page.getByText('BOARD_PAYLOAD').first().waitFor()

    await context.unrouteAll()
    await context.route('**/check.html', (route) => route.fulfill({ body: 'another page' }))
    await page.reload()
    await page.getByRole('button', { name: 'Verify the election now' }).click()
    await page.getByText('Different from what is published: check.html').waitFor()
  })

  it('runs no code of another hash', async () => {
    const context = await browser.newContext()
    await context.route('**/assets/engine-worker.js', async (route) => {
      const answer = await route.fetch()
      await route.fulfill({ response: answer, body: `${await answer.text()}\n` })
    })
    const page = await context.newPage()
    await page.goto(pages.page('vote'))
    await see(page, 'Stop: the server’s answer is not in order')
    await context.route('**/assets/check.js', async (route) => {
      const answer = await route.fetch()
      await route.fulfill({ response: answer, body: `${await answer.text()}\n` })
    })
    await page.goto(pages.page('check'))
    await page.waitForTimeout(500)
    expect(await page.locator('#page').innerHTML()).toBe('')
  })
})
