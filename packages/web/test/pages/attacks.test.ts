import type { Manifest } from '@cista/protocol'
import type { Browser, Page, Route } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserPath, newPage, startBrowser } from './browser.js'
import { type OpenPages, openPages } from './election.js'
import { cast, choose, encrypt, giveCode, isOnBoard, see, start, trackerOn } from './voter.js'

const markup = '<img src=x onerror="document.title=1"><script>document.title=1</script>'
/** Letters that are written from right to left, in a name as long as any may be, without a space. */
const long = `${markup}${'שלום'.repeat(40)}`
const text = (en: string) => ({ en })

/** What organisers may sign who mean ill: names that every object has, names of the page's own elements, markup, endless words. */
const hostile: Partial<Manifest> = {
  title: text(long),
  description: text(`${markup}\n{title} %s $& </p>`),
  contests: [
    {
      id: 'constructor',
      kind: 'selection',
      min: 0,
      max: 2,
      title: text(long),
      description: text(markup),
      options: [
        { id: 'constructor', title: text(markup), description: text(markup) },
        { id: 'main', title: text('{n, number}') },
      ],
    },
    {
      id: 'said',
      kind: 'score',
      maximum: 4,
      budget: 5,
      title: text('{0} ${1} %s'),
      options: [
        { id: 'constructor', title: text(long) },
        { id: 'code', title: text('&lt;b&gt;') },
      ],
    },
    {
      id: 'page',
      kind: 'ranking',
      min: 0,
      max: 2,
      points: [2, 1],
      title: text('javascript:alert(1)'),
      options: [
        { id: 'up-constructor', title: text(markup) },
        { id: 'constructor', title: text('data:text/html,x') },
      ],
    },
  ],
  languages: ['en'],
  styles: [{ id: 'all', contests: ['constructor', 'said', 'page'] }],
  units: ['constructor', 'said', 'page'].map((id) => ({ id, contest: id, styles: ['all'] })),
}

describe.runIf(browserPath !== undefined)(
  'organisers, a server, and people at the same device, who mean ill',
  () => {
    let pages: OpenPages
    let browser: Browser
    let voter = 0
    beforeAll(async () => {
      pages = await openPages(hostile, 12)
      browser = await startBrowser()
    })
    afterAll(async () => {
      await browser?.close()
      await pages?.end()
    })
    const open = (url = pages.page('vote')) =>
      newPage(browser, url, { viewport: { width: 320, height: 640 } })
    const nextCode = () => pages.code(voter++)
    const isCast = (tracker: string) => isOnBoard(pages.server.url, pages.party.id, tracker)
    const next = (page: Page) => page.locator('main button[type=submit]').click()
    const fits = (page: Page) =>
      page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)

    it('have their texts shown as text, which fits, and votes on them made, blank ones too', async () => {
      const { page, faults } = await open(pages.page('vote'))
      await giveCode(page, nextCode())
      await start(page)
      await see(page, long)
      expect(await fits(page)).toBe(true)
      for (let i = 0; i < 3; i++) await next(page)
      await see(page, 'Are these your choices?')
      expect(await page.getByText('Blank: you have chosen nothing here.').count()).toBe(3)
      expect(await fits(page)).toBe(true)
      for (const n of [3, 2, 1]) {
        await page.goBack()
        await page.getByText(`Question ${n} of 3`).waitFor()
      }
      await page.locator('#option-0').check()
      await next(page)
      expect(await page.locator('#option-0').inputValue()).toBe('0')
      await page.locator('.stepper button').nth(1).click()
      await next(page)
      await page.locator('#option-1').click()
      await page.locator('#option-0').click()
      await page.locator('#up-up-constructor').click()
      await next(page)
      const reviewed = await page.locator('.reviewed li').allInnerTexts()
      expect(reviewed).toEqual([markup, `${long}: 1 point`, markup, 'data:text/html,x'])
      await page.getByRole('button', { name: 'Encrypt my ballot' }).click()
      const tracker = await trackerOn(page)
      await page.getByRole('button', { name: 'Test this ballot first' }).click()
      // Pressed twice, as some people press everything.
      await page.getByRole('button', { name: 'Show how this ballot was made' }).dblclick()
      await see(page, 'Scan this with the second device')
      const shown = await page.locator('#reveal').inputValue()
      expect(await page.locator('#reveal').getAttribute('autocomplete')).toBe('off')

      const second = await open(pages.page('test'))
      await second.page.getByLabel('Tracker').fill(tracker)
      await next(second.page)
      await second.page.getByLabel('The text from the other device').fill(shown)
      await next(second.page)
      await see(second.page, 'The ballot is the one with this tracker')
      expect(await second.page.locator('.reviewed li').allInnerTexts()).toEqual(reviewed)
      expect(await fits(second.page)).toBe(true)

      const front = await open(pages.page('index'))
      await see(front.page, long)
      expect(await fits(front.page)).toBe(true)
      expect([...faults, ...second.faults, ...front.faults]).toEqual([])
      for (const { page: one } of [{ page }, second, front])
        expect(await one.locator('main img, main script, header img, header script').count()).toBe(0)
    })

    it('have an address shown as text that holds more than a code', async () => {
      const faults: string[] = []
      for (const more of [
        `#${markup}`,
        '#%',
        `#%00${'A'.repeat(100_000)}`,
        `&election=${markup}#javascript:1`,
      ]) {
        const one = await open(`${pages.page('vote')}${more}`)
        await one.page.locator('#code-problem').waitFor()
        expect(new URL(one.page.url()).hash).toBe('')
        faults.push(...one.faults)
      }
      expect(faults).toEqual([])
    })

    it('get no other’s ballot to cast, and cannot have “cast” said by what is in the tab', async () => {
      const { page } = await open()
      const first = await encrypt(page, nextCode())
      await page.goto(`${pages.page('vote')}#${nextCode()}`)
      await see(page, 'You may vote')
      await start(page)
      await choose(page)
      await page.getByRole('button', { name: 'Encrypt my ballot' }).click()
      await page.locator('button.cast').waitFor()
      const own = await trackerOn(page)
      expect(own).not.toBe(first)
      await cast(page)
      await see(page, 'Your vote is cast')
      expect([await isCast(first), await isCast(own)]).toEqual([false, true])

      const name = `cista-ballot-${pages.party.id}`
      const kept = JSON.parse((await page.evaluate((key) => sessionStorage.getItem(key), name)) ?? '')
      const reload = async (changed: object) => {
        await page.evaluate(
          ([key, text]) => sessionStorage.setItem(key!, text!),
          [name, JSON.stringify(changed)],
        )
        await page.reload()
      }
      for (const receipt of ['{}', kept.receipt.replace('tlog-proof@v1', 'tlog-proof@v2')]) {
        await reload({ ...kept, receipt })
        await see(page, 'Enter your voting code')
      }
      await reload(kept)
      await see(page, 'Your vote is cast')
      // Nor does it say so to somebody who comes too late.
      await page.route('**/api/elections/*', (route) => bend(route, { stage: 'closed' }))
      await page.goto('about:blank')
      await page.goto(`${pages.page('vote')}#${nextCode()}`)
      await see(page, 'Voting has closed')
    })

    it('learn nothing from what the page asks for, and from fields that the browser would write down', async () => {
      const { page, context } = await open()
      const written = () =>
        page
          .locator('main :is(input, textarea)')
          .evaluateAll((fields) =>
            (fields as HTMLInputElement[])
              .filter(({ autocomplete, form }) => autocomplete !== 'off' && form?.autocomplete !== 'off')
              .map(({ id }) => id),
          )
      expect(await written()).toEqual([])
      await giveCode(page, nextCode())
      await see(page, 'You may vote')
      // The sentences for what comes after encrypting follow by the clock.
      const laterTexts = () =>
        page.evaluate(() =>
          performance.getEntriesByType('resource').some(({ name }) => name.includes('vote-later')),
        )
      await expect.poll(laterTexts, { timeout: 20_000 }).toBe(true)
      const asked: string[] = []
      page.on('request', (request) => asked.push(request.url()))
      await start(page)
      for (let i = 0; i < 2; i++) {
        await page.locator('#option-0').waitFor()
        expect(await written()).toEqual([])
        await page.locator('main button[type=submit]').click()
      }
      await page.locator('#option-0').click()
      await page.locator('main button[type=submit]').click()
      await page.getByRole('button', { name: 'Encrypt my ballot' }).click()
      await page.locator('button.cast').waitFor()
      expect(asked).toEqual([])

      // The server takes the ballot, and says that it is refused: its tracker is for those who look at the board.
      const tracker = await trackerOn(page)
      await context.route('**/entries', async (route) => {
        await route.fetch()
        const findings = [{ code: 'PHASE', at: 'ballot', why: 'closed' }]
        await route.fulfill({ status: 409, json: { detail: 'too late', findings } })
      })
      await cast(page)
      await see(page, 'Your vote was not cast')
      expect(await isCast(tracker)).toBe(true)
      await page.getByText('For experts').click()
      await page.locator('main details').getByText(tracker).waitFor()
    })

    it('are not believed that voting is open where it was never opened', async () => {
      const context = await browser.newContext({ locale: 'en-GB' })
      const page = await context.newPage()
      await context.route('**/api/elections/*', (route) => bend(route, { opened: null }))
      await page.goto(pages.page('vote'))
      await see(page, 'Stop: the server’s answer is not in order')
    })

    it('do not stop the front pages by nonsense', async () => {
      const context = await browser.newContext({ locale: 'en-GB' })
      const page = await context.newPage()
      const errors: string[] = []
      page.on('pageerror', ({ message }) => errors.push(message))
      const good = {
        id: pages.party.id,
        title: { en: 'The park' },
        stage: 'open',
        closes: '2030-01-01T00:00:00Z',
      }
      const bad = [
        null,
        5,
        {},
        { ...good, id: '"><script>' },
        { ...good, id: `${good.id}&x` },
        { ...good, title: null },
        { ...good, title: { en: 5 } },
        { ...good, stage: 'constructor' },
        { ...good, closes: 'never' },
      ]
      await context.route('**/api/elections', (route) =>
        route.fulfill({ json: { elections: [...bad, good] } }),
      )
      await page.goto(`${pages.server.url}/`)
      // The heading while they are loaded names elections, too.
      await page.locator('.cards li').first().waitFor()
      expect(await page.locator('.cards li').count()).toBe(1)
      await context.route('**/api/elections', (route) =>
        route.fulfill({ json: { elections: { length: 3 } } }),
      )
      await page.reload()
      await page.getByText('There are no elections on this server yet.').waitFor()

      await page.routeWebSocket(/\/live$/, (socket) => {
        for (const said of [
          '',
          '[',
          'null',
          '[]',
          '{"ballots":"5","stage":"open","closes":"","announced":[]}',
          '{"ballots":5,"stage":"open","closes":3,"announced":[]}',
          '{"ballots":5,"stage":"open","closes":"","announced":"[]"}',
          '{"__proto__":{"ballots":1}}',
        ])
          socket.send(said)
        socket.send(Buffer.from([0, 255]))
        socket.send('{"ballots":7,"stage":"<b>","closes":"soon","announced":[null]}')
      })
      await page.goto(pages.page('index'))
      await page.locator('.live b', { hasText: /^7$/ }).waitFor()
      expect(errors).toEqual([])
    })
  },
)

/** An answer of the server, some of it changed. */
async function bend(route: Route, change: object): Promise<void> {
  const answer = await route.fetch()
  await route.fulfill({ response: answer, json: { ...(await answer.json()), ...change } })
}
