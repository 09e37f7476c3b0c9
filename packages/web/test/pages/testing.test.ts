import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import encodeQR from 'qr'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserPath, newPage, startBrowser } from './browser.js'
import { type OpenPages, openPages } from './election.js'
import { cast, choose, encrypt, see, trackerOn } from './voter.js'

describe.runIf(browserPath !== undefined)('testing a ballot', () => {
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

  /** Encrypts a ballot and has it revealed. @returns its tracker, and the text that the second device gets. */
  async function reveal(page: Page, voter: number) {
    const tracker = await encrypt(page, pages.code(voter))
    await page.getByRole('button', { name: 'Test this ballot first' }).click()
    await page.getByText(pages.page('test')).waitFor()
    expect(await trackerOn(page)).toBe(tracker)
    await page.locator('svg.qr').nth(1).waitFor()
    await page.getByRole('button', { name: 'Show how this ballot was made' }).click()
    await see(page, 'Scan this with the second device')
    await page.getByText('Without a camera').click()
    return { tracker, text: await page.locator('#reveal').inputValue() }
  }
  async function give(page: Page, tracker: string, text: string) {
    await page.getByLabel('Tracker').fill(tracker)
    await page.getByRole('button', { name: 'Continue' }).click()
    await see(page, 'Now what the ballot was made of')
    await page.getByLabel('The text from the other device').fill(text)
    await page.getByRole('button', { name: 'Continue' }).click()
  }

  it('shows on a second device what is in the ballot, which is dead then', async () => {
    const first = await newPage(browser, pages.page('vote'))
    const second = await newPage(browser, pages.page('test'))
    const { tracker, text } = await reveal(first.page, 0)
    await give(second.page, tracker, text)
    await see(second.page, 'The ballot is the one with this tracker')
    await second.page.getByText('64 digits compared').waitFor()
    const shown = await second.page.locator('.reviewed').allInnerTexts()
    expect(shown.map((lines) => lines.split('\n').filter((line) => line !== ''))).toEqual([
      ['What shall the park get?', 'A pond'],
      ['Where shall the money go?', 'A path: 1 point'],
      ['Which colour, best first?', 'Green'],
    ])

    // Afresh: another ballot, for which nothing is filled in yet.
    expect(await first.page.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toContain(tracker)
    await first.page.getByRole('button', { name: 'Make a new ballot' }).click()
    await see(first.page, 'What shall the park get?')
    expect(await first.page.locator('input:checked').count()).toBe(0)
    await choose(first.page)
    await first.page.getByRole('button', { name: 'Encrypt my ballot' }).click()
    expect(await trackerOn(first.page)).not.toBe(tracker)
    await cast(first.page)
    await see(first.page, 'Your vote is cast')
    expect([...first.faults, ...second.faults]).toEqual([])
  })

  it('can be given up before the ballot was looked into', async () => {
    const { page } = await newPage(browser, pages.page('vote'))
    const tracker = await encrypt(page, pages.code(5))
    await page.getByRole('button', { name: 'Test this ballot first' }).click()
    await page.getByRole('button', { name: 'Back' }).click()
    await cast(page)
    await see(page, 'Your vote is cast')
    expect(await trackerOn(page)).toBe(tracker)
  })

  it('cannot be had by reloading: a ballot that was shown is not kept to be cast', async () => {
    const { page } = await newPage(browser, pages.page('vote'))
    await reveal(page, 1)
    await page.reload()
    await see(page, 'Enter your voting code')
  })

  it('finds out a device that shows one ballot and reveals another', async () => {
    const first = await newPage(browser, pages.page('vote'))
    const second = await newPage(browser, pages.page('test'))
    const { tracker, text } = await reveal(first.page, 2)
    await give(second.page, tracker, text.replace('"pond"', '"bench"'))
    await see(second.page, 'Stop: this is not the ballot with this tracker')
    await second.page.getByRole('button', { name: 'Test another ballot' }).click()
    await give(second.page, tracker, text.replace('"pond"', '"pond","bench","trees"'))
    await see(second.page, 'Stop: this is no valid ballot')
    await second.page.getByRole('button', { name: 'Test another ballot' }).click()
    await give(second.page, tracker, '{"so": "what"}')
    await second.page.getByRole('alert').getByText('This is not what the other device shows').waitFor()
    await second.page.getByLabel('The text from the other device').fill(text)
    await second.page.getByRole('button', { name: 'Continue' }).click()
    await see(second.page, 'The ballot is the one with this tracker')
  })

  it('takes the digits that a voter wrote down, and says how many it compared', async () => {
    const first = await newPage(browser, pages.page('vote'))
    const second = await newPage(browser, pages.page('test'))
    const { tracker, text } = await reveal(first.page, 3)
    await second.page.getByLabel('Tracker').fill(tracker.slice(0, 6))
    await second.page.getByRole('button', { name: 'Continue' }).click()
    await second.page.getByRole('alert').getByText('This is no tracker').waitFor()
    // As a keyboard in Chinese writes digits.
    const wide = tracker.slice(0, 8).replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)))
    await give(second.page, `${wide} ... ${tracker.slice(-4)}`, text)
    await second.page.getByText('12 digits compared').waitFor()
  })

  it('scans the QR codes of the first device with the camera', async () => {
    const first = await newPage(browser, pages.page('vote'))
    const { tracker } = await reveal(first.page, 4)
    // What the voter's own screen shows is what the camera gets to see.
    const shown = await first.page.locator('svg.qr').screenshot()
    expect(shown.length).toBeGreaterThan(1000)
    const folder = await mkdtemp(join(tmpdir(), 'cista-camera-'))
    const film = join(folder, 'camera.y4m')
    await writeFile(film, filmOf(tracker))
    const camera = await startBrowser([
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
    ])
    try {
      const second = await newPage(camera, pages.page('test'), { permissions: ['camera'] })
      await second.page.getByRole('button', { name: 'Scan a QR code with the camera' }).click()
      await see(second.page, 'Now what the ballot was made of')
      // The camera still sees the tracker, which is not wanted any more, and disturbs nobody.
      await second.page.getByRole('button', { name: 'Scan a QR code with the camera' }).click()
      await second.page.locator('.scanner p:focus').waitFor()
      await second.page.getByLabel('The text from the other device').focus()
      await second.page.waitForTimeout(1000)
      await second.page.keyboard.type('typed')
      expect(await second.page.locator('#reveal').inputValue()).toBe('typed')
      expect(await second.page.getByRole('alert').count()).toBe(0)
      await second.page.getByRole('button', { name: 'Stop the camera' }).click()
      await second.page.locator('.scanner button:focus').waitFor()
      expect(await second.page.locator('video').count()).toBe(0)
      expect(second.faults).toEqual([])
    } finally {
      await camera.close()
      await rm(folder, { recursive: true })
    }
  })

  it('says so where there is no camera, and can do without', async () => {
    const { page } = await newPage(browser, pages.page('test'))
    await page.getByRole('button', { name: 'Scan a QR code with the camera' }).click()
    await page.getByRole('alert').getByText('The camera cannot be used.').waitFor()
    await page.locator('.scanner button:focus').waitFor()
  })
})

/** A film (YUV4MPEG2, 4:2:0) of one picture: a text as a QR code. */
function filmOf(text: string): Buffer {
  const [width, height, scale] = [640, 480, 8]
  const rows = encodeQR(text, 'raw', { ecc: 'low', border: 4 })
  const luma = Buffer.alloc(width * height, 255)
  rows.forEach((row, y) =>
    row.forEach((dark, x) => {
      if (!dark) return
      for (let line = 0; line < scale; line++) {
        const from = (40 + y * scale + line) * width + 120 + x * scale
        luma.fill(0, from, from + scale)
      }
    }),
  )
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, Buffer.alloc((width * height) / 2, 128)])
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`), frame, frame])
}
