import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism, cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type Page, chromium } from 'playwright-core'
import { type OpenPages, openPages } from '../../packages/web/test/pages/election.js'
import { giveCode, start } from '../../packages/web/test/pages/voter.js'
import { slowProxy } from './slowProxy.js'
import { table, writeReadme } from './table.js'

const usage = `Measures the page for voting on a slow line and a slow device: a line of 400 kbit/s with a round trip of 400 ms, and a browser
that is held to a sixth of one processor; beside it, the same browser on this machine as it is.

  npm run bench -- page [--write]

  --write    put the table into README.md

  CISTA_TEST_BROWSER names the browser (default: /usr/bin/chromium).
`
const [option, ...more] = process.argv.slice(2)
if (more.length > 0 || (option !== undefined && option !== '--write')) {
  process.stdout.write(usage)
  process.exit(option === '--help' ? 0 : 2)
}

const browserPath = process.env['CISTA_TEST_BROWSER'] ?? '/usr/bin/chromium'
const flags =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'
const slow = { roundTrip: 400, bytesPerSecond: 400_000 / 8 }
const fast = { roundTrip: 0, bytesPerSecond: 1e9 }

interface Measured {
  /** Milliseconds until the code can be typed. */
  readonly usable: number
  /** Until the election is verified too, and a code would be looked up at once. */
  readonly ready: number
  readonly bytes: number
  readonly encrypt: number
  readonly cast: number
  /** The longest that the page did not answer while it encrypted. */
  readonly longest: number
}

/** One contest of eight options, of which any may be chosen: eight encrypted bits and their proof. */
const eight: Parameters<typeof openPages>[0] = {
  contests: [
    {
      id: 'eight',
      kind: 'selection',
      min: 0,
      max: 8,
      title: { en: 'Which of the eight?' },
      options: Array.from({ length: 8 }, (_, i) => ({ id: `option-${i}`, title: { en: `Option ${i + 1}` } })),
    },
  ],
  styles: [{ id: 'all', contests: ['eight'] }],
  units: [{ id: 'eight', contest: 'eight', styles: ['all'] }],
}

async function measure(pages: OpenPages, voter: number, line: typeof slow, share: number): Promise<Measured> {
  const proxy = await slowProxy(pages.server.url, line)
  const running = await chromium.launchServer({ executablePath: browserPath, args: flags.split(' ') })
  const browser = await chromium.connect(running.wsEndpoint())
  version = browser.version()
  let hold: ChildProcess | undefined
  try {
    const page = await browser.newPage()
    page.setDefaultTimeout(120_000)
    await page.addInitScript(() => {
      const tasks: number[] = []
      Object.assign(globalThis, { tasks })
      new PerformanceObserver((list) =>
        tasks.push(...list.getEntries().map(({ duration }) => duration)),
      ).observe({
        // Browsers know it, Node does not.
        type: 'longtask' as 'mark',
      })
    })
    if (share < 1)
      hold = spawn(process.execPath, [
        fileURLToPath(new URL('hold.mjs', import.meta.url)),
        `${running.process().pid}`,
        `${share}`,
      ])
    const began = performance.now()
    const since = () => performance.now() - began
    await page.goto(pages.page('vote').replace(pages.server.url, proxy.url), { waitUntil: 'commit' })
    await page.locator('#code').waitFor()
    const usable = since()
    await page.locator('header .election', { hasText: 'A test election' }).waitFor()
    const ready = since()
    const bytes = proxy.received()
    await giveCode(page, pages.code(voter))
    await start(page)
    for (const i of [0, 3, 7]) await page.locator(`#option-${i}`).check()
    await page.locator('main button[type=submit]').click()
    await page.locator('.reviewed').waitFor()
    await page.evaluate(() => (globalThis as unknown as { tasks: number[] }).tasks.splice(0))
    const [encrypt] = await timed(async () => {
      await page.locator('main > button:not(.second):not(.link)').click()
      await page.locator('button.cast').waitFor()
    })
    const longest = await longestTask(page)
    const [cast] = await timed(async () => {
      await page.locator('button.cast').click()
      await page.locator('.good').waitFor()
    })
    return { usable, ready, bytes, encrypt, cast, longest }
  } finally {
    if (hold !== undefined) {
      hold.kill()
      await once(hold, 'exit')
    }
    await browser.close()
    await running.close()
    await proxy.close()
  }
}

const longestTask = (page: Page): Promise<number> =>
  page.evaluate(() => Math.max(0, ...(globalThis as unknown as { tasks: number[] }).tasks))

async function timed(work: () => Promise<void>): Promise<[number]> {
  const began = performance.now()
  await work()
  return [performance.now() - began]
}

let version = ''
const pages = await openPages(eight, 8)
const rows: string[][] = []
for (const [name, voter, line, share] of [
  ['this machine', 0, fast, 1],
  ['400 kbit/s, 400 ms', 1, slow, 1],
  ['400 kbit/s, 400 ms, a sixth of a core', 2, slow, 1 / 6],
] as const) {
  process.stderr.write(`measuring: ${name} …\n`)
  const { usable, ready, bytes, encrypt, cast, longest } = await measure(pages, voter, line, share)
  const s = (ms: number) => `${(ms / 1000).toFixed(1)} s`
  rows.push([
    name,
    s(usable),
    s(ready),
    bytes.toLocaleString('en'),
    s(encrypt),
    `${longest.toFixed(0)} ms`,
    s(cast),
  ])
}
await pages.end()
const head = [
  'line and device',
  'code can be typed',
  'election verified',
  'bytes until then',
  'encrypt 8 options',
  'longest task',
  'cast',
]
const machine = `Measured by \`npm run bench -- page\` in Chromium ${version} on ${availableParallelism()} cores (${cpus()[0]!.model.trim()}), Node ${process.versions.node}. Bytes are those of the whole line, headers and the verified part of the record included.`
const text = `${table(head, rows)}\n\n${machine}`
process.stdout.write(`\n${text}\n`)
if (option === '--write') writeReadme('bench-page', text)
