import { spawn } from 'node:child_process'
import { readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { shareFileBytes } from '@cista/protocol'
import { prepareConfirm, prepareDeal, prepareJoin } from '@cista/trustee'
import { verifyRecord } from '@cista/verifier'
import { describe, expect, it } from 'vitest'
import { bin, election, file, good, inSetup, passphrase, run, useCommand } from './command.js'
import { Trustees, no, ready, spoilShare, yes } from './support.js'

useCommand()

describe('cista-trustee new', () => {
  it('makes a file that only its owner can read, and prints name and key', async () => {
    const out = await good('new', '--name', 'Ada', '--file', 'ada.age')
    expect(out).toMatch(/^name: Ada\nkey: [0-9a-f]{64}\n$/)
    expect((await stat(file('ada.age'))).mode & 0o777).toBe(0o600)
    expect(await good('status', '--file', 'ada.age')).toBe(out)
    expect((await readdir(file('.'))).filter((f) => f.startsWith('ada'))).toEqual(['ada.age'])
  })

  it('never overwrites a file', async () => {
    await good('new', '--name', 'Ada', '--file', 'once.age')
    const before = await readFile(file('once.age'))
    const again = await run(['new', '--name', 'Ada', '--file', 'once.age'])
    expect(again).toMatchObject({ code: 1, out: '', err: expect.stringContaining('there already') })
    expect(await readFile(file('once.age'))).toEqual(before)
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
      cwd: file('.'),
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
    const { args, files } = await election(inSetup())
    const lock = file(`${files.get(1)!}.lock`)
    await writeFile(lock, `${process.pid}\n`)
    expect(await run(args(1, 'join'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('is using this file'),
    })
    const dead = spawn(process.execPath, ['-e', ''])
    await new Promise((resolve) => dead.on('close', resolve))
    await writeFile(lock, `${dead.pid}\n`)
    await good(...args(1, 'join'))
    await writeFile(lock, '')
    expect(await run(args(1, 'join'))).toMatchObject({
      code: 1,
      err: expect.stringMatching(/\.lock names no process: if none is using this file, remove/),
    })
  })
})

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

  it('shows what to compare before it releases anything, and decrypts that and nothing else', async () => {
    const t = await inSetup().vote()
    await t.simulation.post('close-requested', { reason: 'all have voted' }).close().tally()
    const { args, files } = await election(t)
    const before = await readFile(file(files.get(1)!))
    const size = t.simulation.size
    const leaf = t.simulation.course.phase.tallied!.leaf
    const [origin, entries, root] = t.simulation.checkpoint().split('\n')
    const shown = `checkpoint\n  ${origin}\n  ${entries}\n  ${root}\nballots: 3 counted; not counted: 0 superseded, 0 void, 0 cancelled\ntally: ${leaf} (entry ${size - 1})\nEvery other trustee must see the same tally`
    expect(await run(args(1, 'decrypt', '--check'))).toMatchObject({
      code: 0,
      out: expect.stringContaining(shown),
      err: expect.stringContaining('nothing was decrypted'),
    })
    expect(await run(args(1, 'decrypt', '--tally', '0'.repeat(64)))).toMatchObject({
      code: 1,
      out: expect.stringContaining(shown),
      err: expect.stringContaining('the board has another tally'),
    })
    expect(await readFile(file(files.get(1)!))).toEqual(before)
    expect(t.simulation.size).toBe(size)

    expect(await run(args(1, 'decrypt', '--tally', leaf))).toMatchObject({
      code: 0,
      out: expect.stringContaining(shown),
      err: expect.stringContaining(`${files.get(1)} has changed: put it in the place of every copy`),
    })
    // The second trustee sees a longer board, and the same tally.
    expect(await good(...args(2, 'decrypt'))).toContain(`  ${size + 1}\n`)
    expect(t.simulation.course.phase.decrypted.size).toBe(2)
    await writeFile(file(files.get(1)!), before)
    expect(await good(...args(1, 'status'))).toMatch(/next: This file is older than .* a second tally/)
  })

  it('sends nobody on with an old copy of the file, or into a ceremony that can lead nowhere', async () => {
    const t = inSetup()
    const { args, files } = await election(t)
    const before = await readFile(file(files.get(1)!))
    for (const i of t.all) await good(...args(i, 'join'))
    await writeFile(file(files.get(1)!), before)
    expect(await good(...args(1, 'status'))).toMatch(/next: This file is older than the board/)
    expect(await run(args(1, 'ceremony', '--wait'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('Use the newest copy of your file.'),
    })
    const late = await election(new Trustees())
    for (const command of ['join', 'status'])
      expect(Object.values(await run(late.args(1, command))).join()).toMatch(
        /The closing time .* passed before voting could open: the administrators can only abort\./,
      )
    expect(await late.stateOf(1)).toMatchObject({ elections: {} })
  })

  it('takes server, election and file from variables', async () => {
    const t = inSetup()
    const { url, files } = await election(t)
    const env = { CISTA_SERVER: url, CISTA_ELECTION: t.id, CISTA_TRUSTEE_FILE: files.get(2)! }
    expect(await run(['join'], env)).toMatchObject({ code: 0 })
    expect([...t.simulation.course.phase.attempt.joined.keys()]).toEqual([2])
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
    const { server, url, args, stateOf } = await election(t)
    server.spoil = ({ entry, receipt }) => ({ entry, receipt: receipt.replace(/index \d+/, 'index 0') })
    const said = await run(args(1, 'join'))
    expect(said).toMatchObject({ code: 1, err: expect.stringContaining('receipt is worth nothing') })
    const kept = /The whole answer is in (evidence-[0-9a-f]{8}\.json)/.exec(said.err)![1]!
    const entry = t.simulation.log.at(-1)!
    expect(JSON.parse(await readFile(file(kept), 'utf8'))).toEqual({
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      kind: 'trustee-joined',
      submission: entry.entry.payload,
      url: `${url}/api/elections/${t.id}/entries`,
      election: t.id,
      entry: new TextDecoder().decode(entry.entryBytes),
      receipt: expect.stringContaining('index 0\n'),
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
    const t = inSetup()
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
