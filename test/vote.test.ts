import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DemoElection, openDemoElection } from '../scripts/demo/setup.js'
import { type Between, between } from './between.js'
import { filesBelow, read, root } from './files.js'

// The script of the voter's guide, against a real server, with files and codes as a voter has them.
const folder = mkdtempSync(join(tmpdir(), 'cista-vote-'))
const elections: DemoElection[] = []
const children: ChildProcess[] = []
afterAll(async () => {
  for (const child of children) if (child.exitCode === null) child.kill('SIGKILL')
  for (const election of elections) await election.end()
  rmSync(folder, { recursive: true, force: true })
})

const anElection = async (manifest: Readonly<Record<string, unknown>> = {}): Promise<DemoElection> => {
  const election = await openDemoElection({
    title: 'A question',
    language: 'en',
    contest: {
      id: 'question',
      kind: 'selection',
      max: 1,
      min: 0,
      options: [
        { id: 'yes', title: { en: 'Yes' } },
        { id: 'no', title: { en: 'No' } },
      ],
      title: { en: 'Shall it be?' },
    },
    people: ['Voter 1', 'Voter 2', 'Voter 3', 'Voter 4'],
    trustees: 1,
    threshold: 1,
    manifest,
    say: () => undefined,
  })
  elections.push(election)
  return election
}

/** The script with its output so far; it is answered by writing to its input. */
function start(args: readonly string[], env: Readonly<Record<string, string | undefined>>) {
  const child = spawn(process.execPath, [`${root}docs/guides/vote.mjs`, ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
  })
  children.push(child)
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', (part: Buffer) => (said.stdout += part.toString()))
  child.stderr.on('data', (part: Buffer) => (said.stderr += part.toString()))
  // It may have ended before it asks anything.
  child.stdin.on('error', () => undefined)
  const ended = new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) =>
    child.once('close', (status) => resolve({ status, ...said })),
  )
  const saying = async (text: string) => {
    while (!said.stdout.includes(text)) {
      if (child.exitCode !== null) throw new Error(`ended without “${text}”: ${said.stdout}${said.stderr}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  return { child, ended, saying }
}
const choices = (name: string, selected: unknown) => {
  writeFileSync(join(folder, name), JSON.stringify({ question: { kind: 'selection', selected } }))
  return ['--choices', name]
}
const trackerOf = (out: string) => /^tracker ([0-9a-f]{64})$/m.exec(out)?.[1] ?? ''
const written = (start: string) => readdirSync(folder).filter((name) => name.startsWith(start))
const content = (name: string) => readFileSync(join(folder, name), 'utf8')
const modeOf = (name: string) => (statSync(join(folder, name)).mode & 0o777).toString(8)
const noTrace = (said: { stderr: string }) => expect(said.stderr).not.toMatch(/^ +at /m)

describe('voting without a page', () => {
  let election: DemoElection
  const answering = (input: string, voter: number, ...args: string[]) => {
    const run = start(args, envOf(voter))
    run.child.stdin.end(input)
    return run.ended
  }
  const envOf = (voter: number, url = election.server.url) => ({
    CODE: election.codes[voter],
    CISTA_SERVER: url,
    CISTA_ELECTION: election.id,
  })
  const vote = (voter: number, ...args: string[]) => answering('', voter, ...args)

  beforeAll(async () => {
    election = await anElection()
    await election.waitFor('open')
  })

  it('shows what is voted on', async () => {
    const { stdout, status } = await vote(0, 'show')
    expect(stdout).toMatch(/^voting is open: it closes at 2\d{3}-/)
    expect(stdout).toContain('question (selection, at most 1): Shall it be?\n    yes: Yes\n    no: No\n')
    expect(stdout).toContain('This code has not voted.')
    expect(status).toBe(0)
  })

  it('casts, keeps a receipt, and finds the ballot until it is replaced', async () => {
    const { stdout, status } = await answering('cats\ncast\n', 0, 'vote', ...choices('yes.json', ['yes']))
    expect(status).toBe(0)
    const tracker = trackerOf(stdout)
    const receipt = `receipt-${tracker.slice(0, 8)}.json`
    expect(written('receipt-')).toEqual([receipt])
    expect(written('ballot-')).toEqual([])
    const found = await vote(0, 'track', '--receipt', receipt)
    expect(found.stdout).toContain('It is the last ballot of this code')
    const [, entry, time] = /on the board: entry (\d+), (\S+)/.exec(found.stdout)!
    const shown = `tracker ${tracker} (entry ${entry}, ${time})`
    expect((await vote(0, 'show')).stdout).toContain(`This code has voted, last with ${shown}.\n`)
    const second = await answering('cast\n', 0, 'vote', ...choices('no.json', ['no']))
    expect(second.stdout).toContain(`This ballot would replace the one with ${shown}.`)
    expect(second.status).toBe(0)
    for (const args of [
      ['--receipt', receipt],
      ['--tracker', tracker.toUpperCase()],
    ])
      expect((await vote(0, 'track', ...args)).stdout).toContain('Replaced by a later ballot of this code.')
  })

  it('tests a ballot instead of casting it, and finds a device out that made another', async () => {
    const { stdout, status } = await answering('test\n', 1, 'vote', ...choices('yes.json', ['yes']))
    expect(status).toBe(0)
    const tracker = trackerOf(stdout)
    const [test] = written('test-') as [string]
    expect(modeOf(test)).toBe('600')
    const check = (...args: string[]) => vote(1, 'check', '--test', test, ...args)
    const good = await check('--tracker', tracker)
    expect(good.stdout).toContain(`the ballot with tracker ${tracker}.\n`)
    expect(good.stdout).toContain('It is the one that you were shown. Compared: all 64 digits.')
    expect(good.status).toBe(0)
    const ends = await check('--tracker', `${tracker.slice(0, 8)}…${tracker.slice(-4)}`)
    expect(ends.stdout).toContain('Compared: the first 8 and the last 4 of 64 digits, which')
    expect(ends.status).toBe(0)
    const wrong = (digit: string) => (digit === '0' ? '1' : '0')
    const [first, last] = [tracker.slice(0, 8), tracker.slice(-4)]
    for (const other of [
      'ab'.repeat(32),
      wrong(tracker[0]!) + tracker.slice(1),
      `${first}...${last.slice(0, 3)}${wrong(last[3]!)}`,
    ]) {
      const bad = await check('--tracker', other)
      expect(bad.stderr).toContain('NOT the ballot with tracker')
      expect(bad.status).toBe(1)
    }
    for (const args of [
      [],
      ['--tracker', ''],
      ['--tracker', tracker.slice(0, 8)],
      ['--tracker', 'abc…1234'],
      ['--tracker', `${tracker}0`],
    ]) {
      const slip = await check(...args)
      expect(slip.stderr).toMatch(/^vote: --tracker/)
      expect(slip.stderr).not.toContain('NOT')
      expect(slip.status).toBe(1)
    }
    expect((await vote(1, 'show')).stdout).toContain('This code has not voted.')
  })

  it('asks only after it has shown the tracker, and casts nothing without an answer', async () => {
    writeFileSync(join(folder, 'none.json'), '{}')
    const { stdout, stderr, status } = await vote(1, 'vote', '--choices', 'none.json')
    expect(stdout).toMatch(
      /^question: nothing chosen, a blank vote\ntracker [0-9a-f]{64}\nWrite the tracker down\..*“cast” or “test”: $/,
    )
    expect(stderr).toBe('vote: no answer: this ballot was neither cast nor tested\n')
    expect(status).toBe(1)
    expect((await vote(1, 'show')).stdout).toContain('This code has not voted.')
  })

  it('says what to mend', async () => {
    const both = await vote(1, 'vote', ...choices('both.json', ['yes', 'no']))
    expect(both.stderr).toMatch(/^vote: both\.json: question: /)
    expect(both.status).toBe(1)
    const text = await vote(1, 'vote', ...choices('text.json', 'yes'))
    expect(text.stderr).toContain('is a selection, but “selected” is not a list of ids: write {"kind"')
    for (const [source, why] of [
      ['[]', 'not an object with a choice for each contest'],
      ['null', 'not an object'],
      ['{"question":null}', 'the choice has no “kind”: write'],
      ['{', 'not JSON'],
    ] as const) {
      writeFileSync(join(folder, 'shape.json'), source)
      const said = await vote(1, 'vote', '--choices', 'shape.json')
      expect(said).toMatchObject({ status: 1, stderr: expect.stringMatching(/^vote: shape\.json: /) })
      expect(said.stderr).toContain(why)
      expect(said.stdout).toBe('')
    }
    expect((await vote(1, 'vote')).stderr).toBe('vote: --choices FILE is missing\n')
    expect((await vote(1, 'dance')).stderr).toContain('node docs/guides/vote.mjs COMMAND')
    const elsewhere = await start(['show'], { CISTA_SERVER: '', CISTA_ELECTION: '' }).ended
    expect(elsewhere.stderr).toContain('set CISTA_SERVER and CISTA_ELECTION, on each device')
  })

  it('names the file that it wants where it is given another', async () => {
    const [receipt, test] = [written('receipt-')[0]!, written('test-')[0]!]
    const tracker = ['--tracker', 'ab'.repeat(32)]
    for (const [wanted, ...args] of [
      ['test', 'check', '--test', 'yes.json', ...tracker],
      ['test', 'check', '--test', receipt, ...tracker],
      ['receipt', 'track', '--receipt', test],
      ['receipt', 'track', '--receipt', 'yes.json'],
      ['ballot', 'send', '--ballot', receipt],
      ['ballot', 'send', '--ballot', test],
    ] as const) {
      const said = await vote(1, ...args)
      expect(said.stderr).toContain(`${args[1]} takes the ${wanted}-….json that “vote” wrote`)
      expect(said.stderr).not.toContain('NOT')
      noTrace(said)
    }
    expect((await vote(1, 'track')).stderr).toContain('give either --tracker TRACKER or --receipt FILE')
    const few = await vote(1, 'track', '--tracker', `${tracker[1]!.slice(0, 8)}…${tracker[1]!.slice(-4)}`)
    expect(few.stderr).toContain('all 64 digits are needed')
    const none = await vote(1, 'track', ...tracker)
    expect(none.stderr).toContain('finds no ballot with this tracker on the board')
    const other = content(test).replace(election.id, 'cd'.repeat(32))
    writeFileSync(join(folder, 'other.json'), other)
    expect((await vote(1, 'check', '--test', 'other.json', ...tracker)).stderr).toContain(
      'of another election',
    )
  })

  describe('where somebody is between it and the server', () => {
    let line: Between
    const through = (input: string, ...args: string[]) => {
      const run = start(args, envOf(2, line.url))
      run.child.stdin.end(input)
      return run.ended
    }
    const cast = ['vote', ...choices('yes.json', ['yes'])]
    beforeAll(async () => {
      line = await between(election.server.url)
    })
    afterAll(() => line.stop())

    it.each(['lost', 'dropped', 'busy'] as const)(
      'keeps the ballot where its answer is %s, and sends it again',
      async (fate) => {
        line.fates.push(fate)
        const said = await through('cast\n', ...cast)
        const tracker = trackerOf(said.stdout)
        const file = `ballot-${tracker.slice(0, 8)}.json`
        expect(said.stdout).toContain('Whether this ballot is cast cannot be known yet.')
        expect(said.stderr).toMatch(/^vote: this ballot may be on the board\.\n/)
        expect(said.stderr).toContain(`track --tracker ${tracker}\n`)
        expect(said.stderr).toContain(`send --ballot ${file}\n`)
        expect(said.stderr).not.toContain('neither')
        noTrace(said)
        expect(said.status).toBe(1)
        expect(modeOf(file)).toBe('600')
        expect(Object.keys(JSON.parse(content(file)))).toEqual(['kind', 'payload', 'signatures'])
        const looked = await through('', 'track', '--tracker', tracker)
        if (fate === 'lost') expect(looked.stdout).toContain('It is the last ballot of this code')
        else expect(looked.stderr).toContain('if you have a ballot-….json, “send” it')

        line.fates.push('dropped')
        const failed = await through('', 'send', '--ballot', file)
        expect(failed.stderr).toContain('This ballot may be on the board.')
        expect(written('ballot-')).toEqual([file])
        const sent = await through('', 'send', '--ballot', file)
        expect(sent.stdout).toMatch(/cast: entry \d+ of the board, receipt verified\n/)
        expect(sent.status).toBe(0)
        expect(written('ballot-')).toEqual([])
        const receipt = `receipt-${tracker.slice(0, 8)}.json`
        expect((await through('', 'track', '--receipt', receipt)).stdout).toContain(`tracker ${tracker}\n`)
      },
    )

    it('sends again when it is told so', async () => {
      line.fates.push('lost', 'dropped')
      const said = await through('cast\n\n\n', ...cast)
      expect(said.stdout.split('cannot be known yet').length).toBe(3)
      expect(said.stdout).toContain('receipt verified\n')
      expect(said.status).toBe(0)
      expect(written('ballot-')).toEqual([])
    })

    it('keeps an answer that proves nothing', async () => {
      line.fates.push('lie', 'lie')
      const said = await through('cast\n', ...cast)
      const tracker = trackerOf(said.stdout)
      const short = tracker.slice(0, 8)
      expect(said.stderr).toContain('does not prove that this ballot is on the board: ')
      expect(said.stderr).toContain('This ballot may be on the board all the same.')
      expect(said.stderr).toContain(`track --tracker ${tracker}\n`)
      expect(said.status).toBe(1)
      noTrace(said)
      expect(JSON.parse(content(`evidence-${short}.json`))).toEqual({
        url: `${line.url}/api/elections/${election.id}/entries`,
        time: expect.stringMatching(/^2\d{3}-.*Z$/),
        election: election.id,
        kind: 'ballot',
        submission: tracker,
        why: expect.any(String),
        entry: expect.stringContaining(tracker),
        receipt: expect.stringContaining('\nindex 0\n'),
        checkpoint: expect.stringContaining('demo.cista.example/'),
      })
      expect(written(`receipt-${short}`)).toEqual([])
      await through('', 'send', '--ballot', `ballot-${short}.json`)
      expect(written('evidence-')).toEqual([`evidence-${short}-2.json`, `evidence-${short}.json`])
      expect((await through('', 'send', '--ballot', `ballot-${short}.json`)).status).toBe(0)
    })
  })

  it('says that voting has closed, before or after it has encrypted', async () => {
    const late = start(['vote', ...choices('yes.json', ['yes'])], envOf(3))
    await late.saying('“cast” or “test”: ')
    await election.organiser('close', '--reason', 'everybody has voted')
    await election.waitFor('tallied')
    late.child.stdin.end('cast\n')
    const refused = await late.ended
    expect(refused.stderr).toMatch(
      /^vote: voting has closed: this ballot was NOT cast \(it was closed on request, before 2/,
    )
    expect(refused.status).toBe(1)

    const after = await vote(3, 'vote', ...choices('yes.json', ['yes']))
    expect(after.stderr).toMatch(
      /^vote: voting has closed: it was closed on request, .*Nothing was encrypted$/m,
    )
    expect(after.stdout).toBe('')
    expect((await vote(0, 'show')).stdout).toMatch(/^voting has closed: .*[^]*This code has voted, last with/)
    await election.trustee(1, 'decrypt')
    await election.waitFor('ended')
    expect((await vote(3, 'vote', '--choices', 'yes.json')).stderr).toMatch(
      /^vote: voting has closed: the result was published at 2\d{3}-.*Nothing was encrypted$/m,
    )
    expect((await vote(3, 'send', '--ballot', written('ballot-')[0]!)).stderr).toMatch(
      /^vote: voting has closed: this ballot was NOT cast \(the result was published at 2/,
    )
    expect((await vote(0, 'track', '--receipt', written('receipt-')[0]!)).status).toBe(0)
  })
})

describe('voting that never opens', () => {
  it('is said to open, and to be aborted', async () => {
    const time = (hours: number) => `${new Date(Date.now() + hours * 3600_000).toISOString().slice(0, 19)}Z`
    const opens = time(1)
    const election = await anElection({ schedule: { opens, closes: time(2) } })
    const env = { CODE: election.codes[0], CISTA_SERVER: election.server.url, CISTA_ELECTION: election.id }
    const early = `vote: voting is not open yet: it opens at ${opens} at the earliest\n`
    const calls = [['show'], ['vote', ...choices('yes.json', ['yes'])]]
    for (const args of calls) expect(await start(args, env).ended).toMatchObject({ status: 1, stderr: early })
    await election.organiser('abort', '--reason', 'the hall has burnt down')
    await election.waitFor('ended')
    for (const args of calls) {
      const { stderr, status } = await start(args, env).ended
      expect(stderr).toMatch(/^vote: the election was aborted: at 2\d{3}-.*: the hall has burnt down\n$/)
      expect(status).toBe(1)
    }
  })
})

describe('the guide for voters', () => {
  it('quotes what is said', () => {
    const sources = ['protocol', 'client', 'server', 'verifier']
      .flatMap((name) => filesBelow(`packages/${name}/src`).map(read))
      .concat(read('docs/guides/vote.mjs'))
      .join('\n')
    const rows = [...read('docs/guides/voter.md').matchAll(/^\| (`.*?) \|/gm)].map(([, shown]) => shown!)
    const quoted = rows.flatMap((row) => [...row.matchAll(/`([^`]+)`/g)].map(([, text]) => text!))
    expect(quoted.length).toBeGreaterThan(12)
    // Sentences are put together of parts.
    const parts = quoted.flatMap((text) => text.split(/…|\(|\)|: |\. /)).map((part) => part.trim())
    for (const part of parts) expect(sources).toContain(part)
  })
})
