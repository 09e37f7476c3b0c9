import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DemoElection, openDemoElection } from '../scripts/demo/setup.js'
import { root } from './files.js'

// The script of the voter's guide, against a real server, with files and codes as a voter has them.
describe('voting without a page', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cista-vote-'))
  let election: DemoElection

  const choices = (name: string, selected: readonly string[]) => {
    writeFileSync(join(folder, name), JSON.stringify({ question: { kind: 'selection', selected } }))
    return ['--choices', name]
  }
  const vote = (voter: number, ...args: string[]) => answering('', voter, ...args)
  const answering = (input: string, voter: number, ...args: string[]) =>
    spawnSync(process.execPath, [`${root}docs/guides/vote.mjs`, ...args], {
      cwd: folder,
      encoding: 'utf8',
      input,
      timeout: 60_000,
      env: {
        ...process.env,
        CODE: election.codes[voter],
        CISTA_SERVER: election.server.url,
        CISTA_ELECTION: election.id,
      },
    })
  const trackerOf = (out: string) => /^tracker ([0-9a-f]{64})$/m.exec(out)?.[1] ?? ''
  const written = (start: string) => readdirSync(folder).find((name) => name.startsWith(start))!

  beforeAll(async () => {
    election = await openDemoElection({
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
      people: ['Voter 1', 'Voter 2'],
      trustees: 1,
      threshold: 1,
      say: () => undefined,
    })
    await election.waitFor('open')
  })
  afterAll(async () => {
    await election?.end()
    rmSync(folder, { recursive: true, force: true })
  })

  it('shows what is voted on', () => {
    const { stdout, status } = vote(0, 'show')
    expect(stdout).toContain('question (selection, at most 1): Shall it be?\n    yes: Yes\n    no: No\n')
    expect(stdout).toContain('This code has not voted.')
    expect(status).toBe(0)
  })

  it('casts, keeps a receipt, and finds the ballot until it is replaced', () => {
    const { stdout, status } = answering('cats\ncast\n', 0, 'vote', ...choices('yes.json', ['yes']))
    expect(status).toBe(0)
    const receipt = ['--receipt', written(`receipt-${trackerOf(stdout).slice(0, 8)}`)]
    expect(vote(0, 'track', ...receipt).stdout).toContain('It is the last ballot of this code')
    const second = answering('cast\n', 0, 'vote', ...choices('no.json', ['no']))
    expect(second.stdout).toContain(`This ballot would replace the one with tracker ${trackerOf(stdout)}.`)
    expect(second.status).toBe(0)
    expect(vote(0, 'track', ...receipt).stdout).toContain('Replaced by a later ballot of this code.')
  })

  it('tests a ballot instead of casting it, and finds a device out that made another', () => {
    const { stdout, status } = answering('test\n', 1, 'vote', ...choices('yes.json', ['yes']))
    expect(status).toBe(0)
    const [test, tracker] = [written('test-'), trackerOf(stdout)]
    const good = vote(1, 'check', '--test', test, '--tracker', tracker)
    expect(good.stdout).toContain('These choices make exactly the ballot with this tracker.')
    expect(good.status).toBe(0)
    const bad = vote(1, 'check', '--test', test, '--tracker', 'ab'.repeat(32))
    expect(bad.stderr).toContain('NOT the ballot with this tracker')
    expect(bad.status).toBe(1)
    expect(vote(1, 'show').stdout).toContain('This code has not voted.')
  })

  it('asks only after it has shown the tracker, and casts nothing without an answer', () => {
    writeFileSync(join(folder, 'none.json'), '{}')
    const { stdout, stderr, status } = vote(1, 'vote', '--choices', 'none.json')
    expect(stdout).toMatch(
      /^question: nothing chosen, a blank vote\ntracker [0-9a-f]{64}\nWrite the tracker down\..*“cast” or “test”: $/,
    )
    expect(stderr).toBe('vote: no answer: this ballot was neither cast nor tested\n')
    expect(status).toBe(1)
    expect(vote(1, 'show').stdout).toContain('This code has not voted.')
  })

  it('says what to mend', () => {
    const both = vote(1, 'vote', ...choices('both.json', ['yes', 'no']))
    expect(both.stderr).toMatch(/^vote: both\.json: question: /)
    expect(both.status).toBe(1)
    expect(vote(1, 'vote').stderr).toBe('vote: --choices FILE is missing\n')
    expect(vote(1, 'dance').stderr).toContain('node docs/guides/vote.mjs COMMAND')
  })
})
