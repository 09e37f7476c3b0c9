import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'cista-demo-test-'))
const record = join(folder, 'record')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const node = (args: readonly string[]) =>
  spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 300_000, maxBuffer: 64 * 1024 * 1024 })
const demo = (...args: string[]) => node(['node_modules/tsx/dist/cli.mjs', 'scripts/demo/main.ts', ...args])
const verify = (...args: string[]) => node(['packages/verifier/bin/cista-verify.js', ...args])

const electionOf = (out: string): string => /--election ([0-9a-f]{64})/.exec(out)?.[1] ?? ''

describe('the demonstration, with the first ballots of a real vote and every process real', () => {
  let id = ''
  let run: ReturnType<typeof demo>

  beforeAll(() => {
    run = demo('--election', 'grabowka', '--ballots', '21', '--out', record)
    id = electionOf(run.stdout)
  }, 300_000)

  it('counts as a plain count does', () => {
    expect(run.stderr).toBe('')
    expect(run.stdout).toContain('Equal to a plain count of the same ballots, every one; verdict: verified.')
    expect(run.status).toBe(0)
  })

  it('leaves a record that verifies again, with the election named', () => {
    const { status, stdout } = verify(record, '--election', id)
    expect(stdout).toContain('VERIFIED')
    expect(stdout).toContain('22 ballots: 21 counted, 1 replaced')
    expect(status).toBe(0)
  })

  it('is refuted for another election id, and with a checkpoint of another history', () => {
    const other = verify(record, '--election', 'ab'.repeat(32))
    expect(other.stdout).toContain('MANIFEST_ID')
    expect(other.status).toBe(1)
    const checkpoint = join(folder, 'other-checkpoint')
    writeFileSync(checkpoint, readFileSync(join(record, 'checkpoint'), 'utf8').replace(/\n\d+\n/, '\n1\n'))
    const earlier = verify(record, '--election', id, '--checkpoint', checkpoint)
    expect(earlier.stdout).toContain('BOARD_EARLIER')
    expect(earlier.status).toBe(1)
  })

  it('is refuted on the command line after each of twenty one-byte changes, a missing file and a stray one', () => {
    const files = readdirSync(record, { recursive: true, withFileTypes: true })
      .filter((item) => item.isFile())
      .map((item) => join(item.parentPath, item.name))
      .sort()
    const copy = join(folder, 'copy')
    const corrupted = (change: (file: string, i: number) => void, i: number) => {
      rmSync(copy, { recursive: true, force: true })
      cpSync(record, copy, { recursive: true })
      change(files[i % files.length]!.replace(record, copy), i)
      return verify(copy, '--election', id).status
    }
    const flip = (file: string, i: number) => {
      const bytes = readFileSync(file)
      const at = (i * 7919 + 13) % bytes.length
      bytes[at]! ^= 1 << (i % 7)
      writeFileSync(file, bytes)
    }
    expect(Array.from({ length: 20 }, (_, i) => corrupted(flip, i))).toEqual(
      Array.from({ length: 20 }, () => 1),
    )
    const entries = files.findIndex((file) => file.includes('entries'))
    expect(corrupted((file) => rmSync(file), entries)).toBe(1)
    expect(corrupted((file) => writeFileSync(`${file}.orig`, 'x'), 0)).toBe(1)
  }, 120_000)

  it('cannot be run where there is no record, and says so', () => {
    for (const args of [
      [join(folder, 'nowhere')],
      ['http://127.0.0.1:9/elections/x'],
      [record, '--election', 'x'],
      [],
    ]) {
      const { status, stderr } = verify(...args)
      expect(stderr).not.toBe('')
      expect(status).toBe(2)
    }
  })

  it('prints the report that scripts read', () => {
    const report = JSON.parse(verify(record, '--election', id, '--json').stdout) as Record<string, unknown>
    expect(Object.keys(report).sort()).toEqual([
      'ballots',
      'checks',
      'election',
      'results',
      'seconds',
      'verdict',
    ])
    expect(report).toMatchObject({
      verdict: 'verified',
      election: id,
      ballots: { cast: 22, counted: 21, superseded: 1 },
    })
  })
})

describe('the demonstration with wrong input', () => {
  it.each([
    [['--election', 'nowhere'], 'no election “nowhere”'],
    [['--ballots', '0'], '--ballots takes a whole number'],
    [['--ballots', '999'], 'has 201 ballots only'],
    [['--pb', 'missing.pb'], 'there is no file'],
    [['--wrong'], "Unknown option '--wrong'"],
  ])('explains %j', (args, text) => {
    const { status, stderr } = demo(...args, '--out', join(folder, 'none'))
    expect(stderr).toContain(text)
    expect(status).toBe(2)
  })

  it('names line and column of a bad file', () => {
    const file = join(folder, 'bad.pb')
    const good = readFileSync('packages/testkit/data/poland_czestochowa_2020_grabowka.pb', 'utf8')
    writeFileSync(file, good.replace('136;448;10', '136;4480;10'))
    const { status, stderr } = demo('--pb', file, '--out', join(folder, 'none'))
    expect(stderr).toMatch(/bad\.pb:\d+:\d+: /)
    expect(status).toBe(2)
  })
})
