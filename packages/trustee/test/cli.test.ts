import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { shareFileBytes } from '@cista/protocol'
import { lockState, prepareConfirm, prepareDeal, prepareJoin, unlockState } from '@cista/trustee'
import { verifyRecord } from '@cista/verifier'
import { testTimes } from '@cista/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { BoardServer } from './boardServer.js'
import { Trustees, no, ready, spoilShare, yes } from './support.js'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const bin = path('../bin/cista-trustee.js')
const passphrase = 'correct horse battery'

interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

let folder: string
const servers: BoardServer[] = []

beforeAll(async () => {
  // The program as it is installed, and of the source as it is now.
  const tsc = path('../../../node_modules/typescript/bin/tsc')
  await promisify(execFile)(process.execPath, [tsc, '-b', path('..'), path('../cli')])
  folder = await mkdtemp(join(tmpdir(), 'cista-trustee-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))
afterEach(() => {
  for (const server of servers.splice(0)) server.stop()
})

function run(args: readonly string[], env: Record<string, string> = {}, input?: string): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...args], {
      cwd: folder,
      env: { PATH: process.env['PATH'], CISTA_PASSPHRASE: passphrase, CISTA_WORK_FACTOR: '2', ...env },
    })
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? -1, out, err }))
    child.stdin.end(input ?? '')
  })
}

const good = async (...args: string[]): Promise<string> => {
  const { code, out, err } = await run(args)
  expect({ code, err }).toMatchObject({ code: 0 })
  return out
}

/** The trustees' files, a server, and what every command needs. */
async function election(t: Trustees) {
  const server = new BoardServer(t.simulation)
  servers.push(server)
  const url = await server.start()
  const name = (i: number) => `${t.id.slice(0, 8)}-${servers.length}-${process.hrtime.bigint()}-${i}.age`
  const files = new Map(t.all.map((i) => [i, name(i)]))
  for (const i of t.all)
    await writeFile(join(folder, files.get(i)!), await lockState(t.state(i), passphrase, 2))
  const args = (i: number, command: string, ...more: string[]) => [
    command,
    '--file',
    files.get(i)!,
    '--server',
    url,
    '--election',
    t.id,
    ...more,
  ]
  const stateOf = async (i: number) => {
    const unlocked = await unlockState(await readFile(join(folder, files.get(i)!)), passphrase)
    if ('fault' in unlocked) throw new Error(unlocked.why)
    return unlocked.state
  }
  return { server, url, files, args, stateOf }
}

describe('cista-trustee new', () => {
  it('makes a file that only its owner can read, and prints name and key', async () => {
    const out = await good('new', '--name', 'Ada', '--file', 'ada.age')
    expect(out).toMatch(/^name: Ada\nkey: [0-9a-f]{64}\n$/)
    expect((await stat(join(folder, 'ada.age'))).mode & 0o777).toBe(0o600)
    expect(await good('status', '--file', 'ada.age')).toBe(out)
    expect((await readdir(folder)).filter((f) => f.startsWith('ada'))).toEqual(['ada.age'])
  })

  it('never overwrites a file', async () => {
    await good('new', '--name', 'Ada', '--file', 'once.age')
    const before = await readFile(join(folder, 'once.age'))
    const again = await run(['new', '--name', 'Ada', '--file', 'once.age'])
    expect(again).toMatchObject({ code: 1, out: '', err: expect.stringContaining('there already') })
    expect(await readFile(join(folder, 'once.age'))).toEqual(before)
  })

  it('reads the passphrase from a file descriptor too', async () => {
    const env = { CISTA_PASSPHRASE: 'another one' }
    const args = ['--file', 'fd.age', '--passphrase-fd', '0']
    expect(await run(['new', '--name', 'Ada', ...args], env, 'from a descriptor\n')).toMatchObject({
      code: 0,
    })
    expect(await run(['status', ...args], env, 'from a descriptor')).toMatchObject({ code: 0 })
    expect(await run(['status', '--file', 'fd.age'], env)).toMatchObject({
      code: 1,
      err: expect.stringContaining('wrong passphrase'),
    })
  })
})

describe('what is not possible', () => {
  it.each([
    [[], 2],
    [['--help'], 0],
    [['vote'], 2],
    [['new'], 2],
    [['new', '--name', 'Ada', '--work-factor', '99'], 2],
    [['join', '--server', 'https://vote.example.org'], 2],
    [['join', '--server', 'nowhere', '--election', '0'.repeat(64)], 2],
    [['join', '--server', 'https://vote.example.org', '--election', 'XYZ'], 2],
    [['status', '--server', 'https://vote.example.org'], 2],
    [['status', '--file', 'nothing.age'], 1],
  ])('%j exits with %i', async (args, code) => {
    expect((await run(args)).code).toBe(code)
  })

  it('asks for no passphrase without a terminal, and takes no short one', async () => {
    const child = { CISTA_PASSPHRASE: 'short' }
    expect(await run(['new', '--name', 'Ada', '--file', 'short.age'], child)).toMatchObject({ code: 1 })
    const none = spawn(process.execPath, [bin, 'new', '--name', 'Ada', '--file', 'none.age'], {
      cwd: folder,
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'ignore', 'ignore'],
    })
    expect(await new Promise((resolve) => none.on('close', resolve))).toBe(2)
  })

  it('says that a server cannot be reached, or has no such election', async () => {
    await good('new', '--name', 'Ada', '--file', 'far.age')
    const args = ['join', '--file', 'far.age', '--election', '0'.repeat(64), '--server']
    expect(await run([...args, 'http://127.0.0.1:9'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('cannot be reached'),
    })
    const { url } = await election(new Trustees())
    expect(await run([...args, url])).toMatchObject({
      code: 1,
      err: expect.stringContaining('has no election'),
    })
  })

  it('works on a file for one process at a time, and takes over from one that died', async () => {
    const { args, files } = await election(new Trustees())
    const lock = join(folder, `${files.get(1)!}.lock`)
    await writeFile(lock, `${process.pid}\n`)
    expect(await run(args(1, 'join'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('is using this file'),
    })
    const dead = spawn(process.execPath, ['-e', ''])
    await new Promise((resolve) => dead.on('close', resolve))
    await writeFile(lock, `${dead.pid}\n`)
    await good(...args(1, 'join'))
  })
})

/** An election that can still open by this machine's clock, which the command goes by. */
const inSetup = () =>
  new Trustees({ manifest: { schedule: { opens: testTimes.opens, closes: '2099-01-05T17:00:00Z' } } })

describe('an election through the command', () => {
  it('makes the key in three processes that wait for each other, and decrypts', async () => {
    const t = inSetup()
    const { args } = await election(t)
    await Promise.all(t.all.map((i) => good(...args(i, 'ceremony', '--wait'))))
    expect(t.simulation.course.phase.ceremonyDone).toBe(true)
    expect(await run(args(1, 'decrypt'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('too early'),
    })
    expect(await good(...args(2, 'status'))).toContain('next: The ceremony is done.')

    t.simulation.roll().open()
    t.simulation.cast(0, { question: yes }).cast(1, { question: no }).cast(2, { question: yes })
    const waiting = good(...args(1, 'decrypt', '--wait'))
    await t.simulation.post('close-requested', { reason: 'all have voted' }).close().tally()
    await waiting
    await good(...args(3, 'decrypt'))
    t.simulation.result()
    const report = await verifyRecord(await t.simulation.record(), { election: t.id })
    expect(report.verdict).toBe('verified')
    expect(report.results[0]!.totals.map((o) => o.votes)).toEqual([2, 1])
  })

  it('takes each step by itself, again without harm, and says what comes next', async () => {
    const t = inSetup()
    const { args, url } = await election(t)
    const next = async (i: number) => JSON.parse(await good(...args(i, 'status', '--json'))).next.action
    expect(await next(1)).toBe('join')
    for (const i of t.all) await good(...args(i, 'join'))
    await good(...args(1, 'join'))
    expect(await next(1)).toBe('deal')
    await good(...args(1, 'deal'))
    expect(await run(args(1, 'confirm'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('still to deal'),
    })
    for (const i of [2, 3]) await good(...args(i, 'deal'))
    for (const i of t.all) await good(...args(i, 'confirm'))
    expect(await next(1)).toBe('wait')
    expect(await good('judge', '--server', url, '--election', t.id)).toBe('nobody has complained\n')
  })

  it('leaves the state saved where the answer never came, and finishes the step the next time', async () => {
    const t = inSetup()
    const { server, args, stateOf } = await election(t)
    server.spoil = ({ entry, receipt }) => ({ entry, receipt: receipt.replace(/index \d+/, 'index 0') })
    expect(await run(args(1, 'join'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('receipt is worth nothing'),
    })
    const saved = await stateOf(1)
    expect(saved.elections[t.id]!.attempts).toHaveLength(1)
    server.spoil = (answer) => answer
    await good(...args(1, 'join'))
    expect(await stateOf(1)).toEqual(saved)
  })

  it('shows who dealt a wrong share, complains, and judges', async () => {
    const t = inSetup()
    await t.step(prepareJoin)
    await t.take(1, prepareDeal)
    await t.take(2, prepareDeal)
    const dealt = ready(await t.prepare(3, prepareDeal))
    t.states.set(3, dealt.state)
    t.simulation.post('trustee-dealt', spoilShare(t.simulation, dealt, 1, new Uint8Array(shareFileBytes)))
    await t.take(2, prepareConfirm)
    const { args, url } = await election(t)
    expect(await run(args(1, 'confirm'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('complain --against 3'),
    })
    expect(await run(args(1, 'complain', '--against', '2'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('is right'),
    })
    await good(...args(1, 'complain', '--against', '3'))
    expect(await good('judge', '--server', url, '--election', t.id)).toContain('trustee 3 is at fault')
    expect(await good(...args(2, 'status'))).toContain('The administrators must restart the ceremony')
  })

  it('shows no secret, whatever happens', async () => {
    const t = new Trustees()
    const { args, stateOf } = await election(t)
    let shown = ''
    for (const command of ['join', 'deal', 'confirm', 'status', 'decrypt']) {
      const { out, err } = await run(args(1, command))
      shown += out + err
    }
    const { secret, elections } = await stateOf(1)
    const [own] = elections[t.id]!.attempts
    for (const hidden of [secret, own!.identity, ...own!.coefficients, passphrase])
      expect(shown).not.toContain(hidden)
  })
})
