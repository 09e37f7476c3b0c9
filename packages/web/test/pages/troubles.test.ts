import type { Browser, BrowserContext, Page, Route } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sha256, toHex } from '@cista/board'
import { testTimes } from '@cista/testkit'
import { browserPath, newPage, startBrowser } from './browser.js'
import { type OpenPages, openPages } from './election.js'
import { cast, encrypt, fillIn, giveCode, isOnBoard, see, start, trackerOn } from './voter.js'

const unknown = 'We do not know yet whether your vote is cast'
const done = 'Your vote is cast'

describe.runIf(browserPath !== undefined)('when something goes wrong', () => {
  let pages: OpenPages
  let browser: Browser
  let voter = 0
  beforeAll(async () => {
    pages = await openPages(undefined, 40)
    browser = await startBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await pages?.end()
  })
  const open = () => newPage(browser, pages.page('vote'))
  const nextCode = () => pages.code(voter++)
  const isCast = (tracker: string) => isOnBoard(pages.server.url, pages.party.id, tracker)

  /** Does something else with the next request for a path. */
  async function once(context: BrowserContext, path: string, act: (route: Route) => Promise<void>) {
    await context.route(`**${path}`, act, { times: path.startsWith('/assets') ? 2 : 1 })
  }
  const drop = (route: Route) => route.abort('connectionreset')
  /** The server gets the request; its answer is lost. */
  const lose = async (route: Route) => {
    await route.fetch()
    await route.abort('connectionreset')
  }

  describe('the connection is lost', () => {
    it.each(['/assets/engine-worker.js', '/api/elections/*', '/elections/*/checkpoint'])(
      'while the election is opened: %s',
      async (path) => {
        const context = await browser.newContext()
        const page = await context.newPage()
        await once(context, path, drop)
        await page.goto(pages.page('vote'))
        await see(page, 'The election’s server cannot be reached')
        await page.getByText('Nothing was sent from here.').waitFor()
        await page.getByRole('button', { name: 'Try again' }).click()
        await see(page, 'Enter your voting code')
      },
    )

    it('while the code is looked up', async () => {
      const { page, context } = await open()
      await see(page, 'Enter your voting code')
      await once(context, '/credentials/*', drop)
      const code = nextCode()
      await giveCode(page, code)
      await page.locator('[role=alert]:focus', { hasText: 'Nothing was sent from here.' }).waitFor()
      expect(await page.title()).toBe('Enter your voting code')
      await giveCode(page, code)
      await see(page, 'You may vote')
    })

    it('before the ballot is sent: the vote is not in, and goes in when it is sent again', async () => {
      const { page, context } = await open()
      const tracker = await encrypt(page, nextCode())
      await once(context, '/entries', drop)
      await cast(page)
      await see(page, unknown)
      expect(await isCast(tracker)).toBe(false)
      await page.getByRole('button', { name: 'Send again' }).click()
      await see(page, done)
      expect(await trackerOn(page)).toBe(tracker)
      expect(await isCast(tracker)).toBe(true)
    })

    it('after the ballot has arrived: it is in, and is not taken twice', async () => {
      const { page, context } = await open()
      const tracker = await encrypt(page, nextCode())
      await once(context, '/entries', lose)
      await cast(page)
      await see(page, unknown)
      expect(await isCast(tracker)).toBe(true)
      const { ballots } = await pages.party.status()
      await page.getByRole('button', { name: 'Send again' }).click()
      await see(page, done)
      expect(await trackerOn(page)).toBe(tracker)
      expect((await pages.party.status()).ballots).toBe(ballots)
    })

    it('while the proof is checked: nothing is called cast before it is', async () => {
      const { page, context } = await open()
      const tracker = await encrypt(page, nextCode())
      await context.route('**/elections/*/tile/**', drop)
      await context.route('**/elections/*/checkpoint', drop)
      await cast(page)
      await see(page, unknown)
      expect(await isCast(tracker)).toBe(true)
      await context.unrouteAll()
      await page.getByRole('button', { name: 'Send again' }).click()
      await see(page, done)
    })

    it('and comes back: the page sends again by itself', async () => {
      const { page, context } = await open()
      await encrypt(page, nextCode())
      await context.setOffline(true)
      await cast(page)
      await see(page, unknown)
      await context.setOffline(false)
      await see(page, done)
    })
  })

  it('keeps an answer that proves nothing as evidence, and never calls it cast', async () => {
    const { page, context } = await open()
    const other = await open()
    const lent = await encrypt(other.page, nextCode())
    await cast(other.page)
    await see(other.page, done)
    const foreign = await (
      await fetch(`${pages.server.url}/api/elections/${pages.party.id}/ballots/${lent}`)
    ).json()
    await encrypt(page, nextCode())
    await once(context, '/entries', (route) =>
      route.fulfill({ status: 201, json: { entry: foreign.entry, receipt: foreign.receipt } }),
    )
    await cast(page)
    await see(page, 'The answer does not prove that your vote is cast')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save the evidence' }).click(),
    ])
    expect(download.suggestedFilename()).toMatch(/^evidence-[0-9a-f]{8}\.json$/)
    await page.getByRole('button', { name: 'Send again' }).click()
    await see(page, done)
  })

  it('opens nothing where the server shows another election’s key', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    await context.route('**/elections/*/checkpoint', async (route) => {
      const answer = await route.fetch()
      await route.fulfill({ response: answer, body: (await answer.text()).replace(/\n\d+\n/, '\n9\n') })
    })
    await page.goto(pages.page('vote'))
    await see(page, 'Stop: the server’s answer is not in order')
  })

  describe('the page is loaded again', () => {
    it.each([
      ['at the code', async (page: Page) => see(page, 'Enter your voting code')],
      [
        'before the first question',
        (page: Page) => giveCode(page, nextCode()).then(() => see(page, 'You may vote')),
      ],
      ['at a question', async (page: Page) => (await giveCode(page, nextCode()), await start(page))],
      ['at the review', (page: Page) => fillIn(page, nextCode())],
    ] as const)('%s: nothing is kept, and the page says so', async (place, go) => {
      const { page } = await open()
      await go(page)
      await page.reload()
      await see(page, 'Enter your voting code')
      const said = await page.getByText('neither your code nor your choices were kept').count()
      expect(said).toBe(place === 'at the code' ? 0 : 1)
      expect(await page.locator('#code').inputValue()).toBe('')
    })

    it('at the decision: the same ballot can be cast, and not tested', async () => {
      const { page } = await open()
      const tracker = await encrypt(page, nextCode())
      const stored = await page.evaluate(() =>
        [{ ...sessionStorage }, { ...localStorage }].flatMap(Object.values),
      )
      expect(stored.length).toBe(1)
      const { file, ...rest } = JSON.parse(stored[0]!) as { readonly file: string }
      expect(Object.keys(rest).sort()).toEqual(['credential', 'stage'])
      const { payload } = JSON.parse(file) as { readonly payload: string }
      const bytes = Buffer.from(payload, 'base64url')
      expect(toHex(sha256(bytes))).toBe(tracker)
      expect(/pond|seed|choices|selected|secret/.test(`${stored[0]} ${bytes.toString()}`)).toBe(false)
      await page.reload()
      await see(page, 'Your ballot is ready. Cast it?')
      expect(await trackerOn(page)).toBe(tracker)
      expect(await page.getByRole('button', { name: 'Test this ballot first' }).count()).toBe(0)
      await cast(page)
      await see(page, done)
      expect(await isCast(tracker)).toBe(true)
    })

    it('while the ballot is on its way: it is sent again, and taken once', async () => {
      const { page, context } = await open()
      const tracker = await encrypt(page, nextCode())
      await once(context, '/entries', lose)
      let waiting: Promise<unknown> = Promise.resolve()
      await context.route('**/entries', async (route) => {
        await waiting
        await route.continue()
      })
      waiting = new Promise((resolve) => setTimeout(resolve, 1500))
      await cast(page)
      await page.reload()
      await see(page, done)
      expect(await trackerOn(page)).toBe(tracker)
    })

    it('with the server away after sending: nobody is told that nothing was sent', async () => {
      const { page, context } = await open()
      const tracker = await encrypt(page, nextCode())
      await once(context, '/entries', lose)
      await cast(page)
      await see(page, unknown)
      await context.route('**/api/**', drop)
      await page.reload()
      await see(page, unknown)
      expect(await trackerOn(page)).toBe(tracker)
      // Nor where not even the page's own code comes.
      await context.route('**/assets/engine-worker.js', drop)
      await page.reload()
      await see(page, unknown)
      await context.unrouteAll()
      await page.getByRole('button', { name: 'Send again' }).click()
      await see(page, done)
    })

    it('at the receipt: it is still there, until it is removed', async () => {
      const { page } = await open()
      const tracker = await encrypt(page, nextCode())
      await cast(page)
      await see(page, done)
      await page.reload()
      await see(page, done)
      expect(await trackerOn(page)).toBe(tracker)
      await page.getByRole('button', { name: 'Remove from this device' }).click()
      await see(page, 'Enter your voting code')
      expect(await page.evaluate(() => sessionStorage.length)).toBe(0)
    })
  })

  it('says that voting has closed, before the code and after the decision', async () => {
    const { page } = await open()
    const tracker = await encrypt(page, nextCode())
    pages.server.clock.set(testTimes.closes)
    pages.server.clock.pass(120_000)
    await pages.party.reached('tallied')
    await cast(page)
    await see(page, 'Your vote was not cast')
    await page.getByText('Voting is closed. Your ballot came too late.').waitFor()
    expect(await isCast(tracker)).toBe(false)
    await page.getByRole('button', { name: 'Start again' }).click()
    await see(page, 'Voting has closed')
  })
})
