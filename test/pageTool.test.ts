import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type MemoryRecord, utf8 } from '@cista/board'
import { Simulation } from '@cista/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { saveRecord } from '../packages/verifier/cli/save.js'
import {
  type Answer,
  answersOf,
  hashOf,
  published,
  publishedHashes,
  servePages,
} from '../packages/verifier/test/pageServer.js'
import { root } from './files.js'

// The program as it is installed, against a server of a page and its record.
let folder: string
const servers: Awaited<ReturnType<typeof servePages>>[] = []

beforeAll(async () => {
  const tsc = `${root}node_modules/typescript/bin/tsc`
  await promisify(execFile)(process.execPath, [tsc, '-b', `${root}packages/verifier/cli`])
  folder = await mkdtemp(join(tmpdir(), 'cista-page-tool-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))
afterEach(() => {
  for (const server of servers.splice(0)) server.stop()
})

function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [`${root}packages/verifier/bin/cista-verify.js`, 'page', ...args], {
    cwd: folder,
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })))
}

const election = (page: Readonly<Record<string, string>>) => new Simulation({ manifest: { page } }).setUp()

/** Page and record at one server, as cista-server shows them. */
async function serving(record: MemoryRecord, id: string, answers: Map<string, Answer>): Promise<string> {
  for (const path of record.paths()) {
    const bytes = (await record.read(path))!
    answers.set(`/elections/${id}/${path}`, (_, response) => void response.end(bytes))
  }
  const server = await servePages(answers)
  servers.push(server)
  return server.url
}

describe('cista-verify page', () => {
  const s = election(publishedHashes)
  const { id } = s.definition

  it('finds a page as it was published, whatever address of it is named', async () => {
    const url = await serving(await s.record(), id, answersOf(published))
    for (const address of [url, `${url}/`, `${url}/vote.html?lang=vi#x`]) {
      const { code, out, err } = await run(address, '--election', id)
      expect({ code, err }).toEqual({ code: 0, err: '' })
      expect(out).toContain(`page at ${url}/, of “A test election”`)
      expect(out).toContain('Hashes       of the manifest')
      for (const name of ['/', ...Object.keys(published)]) expect(out).toContain(`  same       ${name}\n`)
      expect(out).toContain('SAME. 3 listed files are as the organisers have published.')
      expect(out).toContain('It can tell programs from browsers, and send others other bytes')
    }
  })

  it('shows what differs, is missing, or is loaded beside, by name', async () => {
    const html = `${published['index.html']}<script src=assets/spy.js></script>`
    const answers = answersOf({ ...published, 'index.html': html }).set('/assets/vote.js', 'changed')
    answers.delete('/texts/vi.json')
    const { code, out } = await run(await serving(await s.record(), id, answers), '--election', id)
    expect(code).toBe(1)
    expect(out).toMatch(/ {2}DIFFERENT {2}index\.html {2}\(listed [0-9a-f]{64}, sent [0-9a-f]{64}\)\n/)
    expect(out).toMatch(/ {2}DIFFERENT {2}assets\/vote\.js /)
    expect(out).toContain('  MISSING    texts/vi.json  (status 404)')
    expect(out).toMatch(/ {2}NOT LISTED assets\/spy\.js, which (?:\/|index\.html) loads\n/)
    expect(out).toContain(
      'DIFFERENT. 4 files are not as the organisers have published, 1 address is loaded and not listed.',
    )
  })

  it('takes the hashes that the organisers published last', async () => {
    const changing = election(publishedHashes)
    const files = { ...published, 'assets/vote.js': 'const vote = 3\n' }
    const page = { ...publishedHashes, 'assets/vote.js': hashOf(files['assets/vote.js']) }
    const before = await serving(await changing.record(), changing.definition.id, answersOf(files))
    expect((await run(before, '--election', changing.definition.id)).code).toBe(1)
    changing.post('page-changed', { page, reason: 'a mistake mended' })
    const url = await serving(await changing.record(), changing.definition.id, answersOf(files))
    const { code, out } = await run(url, '--election', changing.definition.id)
    expect(code).toBe(0)
    expect(out).toMatch(/Hashes {7}of entry \d+, .*: “a mistake mended”/)
  })

  it('believes a copy of the record rather than the server of the page', async () => {
    await saveRecord(await s.record(), join(folder, 'copy'))
    const server = await servePages(answersOf(published).set('/assets/vote.js', 'changed'))
    servers.push(server)
    expect(await run(server.url, '--election', id, '--record', 'copy')).toMatchObject({ code: 1 })
    expect(server.asked.filter((path) => path.startsWith('/elections'))).toEqual([])
    const nowhere = await run(server.url, '--election', id)
    expect(nowhere).toMatchObject({ code: 2, err: expect.stringContaining('name it with --record') })
  })

  it('says nothing of a page by a record that does not hold, or of another election', async () => {
    const record = await s.record()
    const other = election({})
    const url = await serving(record, other.definition.id, answersOf(published))
    const wrong = await run(url, '--election', other.definition.id)
    expect(wrong).toMatchObject({ code: 1, out: expect.stringMatching(/^REFUTED\. .*MANIFEST_ID/) })
    const broken = record.copy()
    await broken.write(broken.paths().find((path) => path.startsWith('payloads/'))!, utf8('{}'))
    const damaged = await run(await serving(broken, id, answersOf(published)), '--election', id)
    expect(damaged).toMatchObject({ code: 1, out: expect.stringContaining('Nothing was asked of the page') })
  })

  it('cannot run where nothing is listed, nobody answers, or it is called wrongly', async () => {
    const none = election({})
    const url = await serving(await none.record(), none.definition.id, answersOf(published))
    expect(await run(url, '--election', none.definition.id)).toMatchObject({
      code: 2,
      out: expect.stringContaining('NOTHING TO COMPARE. The manifest of this election lists no files'),
    })
    const busy = answersOf(published).set('/index.html', (_, response) => void response.writeHead(503).end())
    expect(await run(await serving(await s.record(), id, busy), '--election', id)).toMatchObject({
      code: 2,
      out: expect.stringMatching(
        / {2}no answer {2}index\.html {2}\(status 503\)[^]*UNKNOWN\. 1 file did not come/,
      ),
    })
    for (const [args, why] of [
      [['http://127.0.0.1:9', '--election', id], 'cannot be reached'],
      [['http://127.0.0.1:9'], '--election'],
      [['vote.example.org', '--election', id], 'An address is needed'],
      [['https://ada:secret@vote.example.org', '--election', id], 'without a name and password'],
      [[`https://vote.example.org/elections/${id}`, '--election', id], 'the address of a record'],
      [['ftp://vote.example.org', '--election', id], 'An address is needed'],
    ] as const)
      expect(await run(...args)).toMatchObject({ code: 2, err: expect.stringContaining(why) })
  })
})
