import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { payloadHash, toTimestamp } from '@cista/board'
import { type Fetch, followRecord, httpRecord } from '@cista/verifier'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const bin = path('../bin/cista-organiser.js')
const passphrase = 'correct horse battery'

interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

let folder: string
let server: ChildProcess | undefined
let url: string
const file = (name: string) => join(folder, name)

beforeAll(async () => {
  // The programs as they are installed, and of the source as it is now.
  const tsc = path('../../../node_modules/typescript/bin/tsc')
  const projects = [path('..'), path('../cli'), path('../../server')]
  await promisify(execFile)(process.execPath, [tsc, '-b', ...projects])
  folder = await mkdtemp(join(tmpdir(), 'cista-organiser-'))
})
afterAll(async () => {
  if (server !== undefined && server.exitCode === null) {
    server.kill('SIGTERM')
    await once(server, 'exit')
  }
  await rm(folder, { recursive: true, force: true })
})

function run(args: readonly string[], env: Record<string, string> = {}, input = ''): Promise<Outcome> {
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
    child.stdin.end(input)
  })
}

async function good(...args: string[]): Promise<string> {
  const { code, out, err } = await run(args)
  expect({ code, err }).toMatchObject({ code: 0 })
  return out
}
async function refused(args: readonly string[], why: string | RegExp, code = 1): Promise<void> {
  const said = await run(args)
  expect(said).toMatchObject({
    code,
    err: typeof why === 'string' ? expect.stringContaining(why) : expect.stringMatching(why),
  })
}

async function newKey(role: string, name: string, target: string): Promise<string> {
  const out = await good('key', 'new', '--role', role, '--name', name, '--file', target)
  return /^key: ([0-9a-f]{64})$/m.exec(out)![1]!
}

describe('cista-organiser key', () => {
  it('makes a file that only its owner can read, shows it, and never overwrites it', async () => {
    const key = await newKey('administrator', 'Ada', 'ada.age')
    expect(await good('key', 'show', '--file', 'ada.age')).toBe(
      `name: Ada\nrole: administrator\nkey: ${key}\n`,
    )
    expect((await stat(file('ada.age'))).mode & 0o777).toBe(0o600)
    const before = await readFile(file('ada.age'))
    expect(before.toString('latin1')).not.toContain('secret')
    const again = ['key', 'new', '--role', 'registrar', '--name', 'Bo', '--file', 'ada.age']
    await refused(again, 'there already')
    expect(await readFile(file('ada.age'))).toEqual(before)
  })

  it('takes the passphrase from a file descriptor, and no short one', async () => {
    const args = ['--file', 'fd.age', '--passphrase-fd', '0']
    const fresh = ['key', 'new', '--role', 'registrar', '--name', 'Rita', ...args]
    expect((await run(fresh, {}, 'short\n')).code).toBe(1)
    expect((await run(fresh, {}, 'from a descriptor\n')).code).toBe(0)
    expect((await run(['key', 'show', ...args], {}, 'from a descriptor')).code).toBe(0)
    await refused(['key', 'show', '--file', 'fd.age'], 'wrong passphrase')
    const lost = ['key', 'show', '--file', 'fd.age', '--passphrase-fd', '3']
    await refused(lost, /descriptor 3 cannot be read: .*npx passes on no descriptor but 0/, 2)
  })
})

describe('what is called wrongly', () => {
  const on = ['--server', 'http://127.0.0.1:9', '--election', '0'.repeat(64)]
  it.each([
    [[], 2],
    [['--help'], 0],
    [['elect'], 2],
    [['key', 'new', '--role', 'trustee', '--name', 'Ada', '--file', 'x.age'], 2],
    [['manifest', 'x.yaml', '--out', 'm.json'], 2],
    [['status', '--server', 'nowhere', '--election', '0'.repeat(64)], 2],
    [['status', '--server', 'http://127.0.0.1:9', '--election', 'XYZ'], 2],
    [['status', ...on], 2],
    [['abort', ...on, '--key', 'x.age'], 2],
    [['extend', ...on, '--key', 'x.age', '--reason', 'x', '--closes', '2027-02-30T09:00:00Z'], 2],
    [['key', 'show', '--file', 'nothing.age'], 1],
    [['page-hashes'], 2],
    [['page-hashes', 'nowhere'], 1],
    [['manifest', 'nothing.yaml', '--out', 'm.json', '--board-key', 'x'], 1],
  ])('%j exits with %i', async (args, code) => expect((await run(args)).code).toBe(code))
})

describe('an election of two administrators and two registrars', () => {
  const keys: Record<string, string> = {}
  let election: string
  const on = () => ['--server', url, '--election', election]
  const course = () => followRecord(httpRecord(`${url}/elections/${election}`, fetch as Fetch), election)
  let drafts = 0

  /** One signs, the other signs, anyone posts. */
  async function together(role: string, command: string, ...args: string[]): Promise<string> {
    const draft = `draft-${drafts++}.json`
    const said = await good(command, ...on(), '--key', `${role}-1.age`, '--draft', draft, ...args)
    expect(said).toContain('1 more signature is needed')
    const posting = ['post', draft, '--manifest', 'manifest.json', '--server', url]
    const signing = ['sign', draft, '--manifest', 'manifest.json', '--key']
    expect(await good(...signing, `${role}-2.age`)).toContain('“post” it')
    return good(...posting)
  }

  beforeAll(async () => {
    const make = async (role: string, name: string) => {
      keys[name] = await newKey(role, name, `${name}.age`)
    }
    const roles = ['administrator', 'registrar']
    await Promise.all([
      ...roles.flatMap((role) => [1, 2].map((i) => make(role, `${role}-${i}`))),
      ...[1, 2, 3].map((i) => make('registrar', `trustee-${i}`)),
    ])
    server = spawn(
      process.execPath,
      [path('../../server/bin/cista-server.js'), '--data', file('server'), '--port', '0'],
      {
        env: { PATH: process.env['PATH'], CISTA_ORGANISERS: keys['administrator-2'], CISTA_RATE_LIMIT: '0' },
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    )
    url = await new Promise<string>((found, lost) => {
      createInterface({ input: server!.stdout! }).on('line', (line) => {
        const match = /listening on (http:\/\/[^\s"]+)/.exec(line)
        if (match !== null) found(match[1]!)
      })
      server!.once('exit', (code) => lost(new Error(`the server ended with status ${code}`)))
    })
  })

  const yaml = (threshold: number) => {
    const at = (hours: number) => toTimestamp(Math.floor(Date.now() / 1000) + 3600 * hours)
    const people = (role: string, n: number) =>
      Array.from(
        { length: n },
        (_, i) => `  - { name: ${role} ${i + 1}, key: ${keys[`${role}-${i + 1}`]} }`,
      ).join('\n')
    return `title: Shall it be?
origin: elections.example/two
contests:
  - title: Well?
    options: [Yes, No]
schedule:
  opens: ${at(24)}
  closes: ${at(48)}
trustees:
${people('trustee', 3)}
threshold: ${threshold}
administrators:
${people('administrator', 2)}
registrars:
${people('registrar', 2)}
maximumWeight: 1000
paper: true
`
  }

  it('is defined by a readable file, whose faults are shown by line', async () => {
    await writeFile(file('bad.yaml'), yaml(9).replace('paper: true', 'papers: true'))
    const bad = ['manifest', 'bad.yaml', '--out', 'bad.json', '--server', url]
    await refused(
      bad,
      /2 things to mend\n {2}bad\.yaml:13:12: threshold: 9 of 3 trustees.*\n {2}bad\.yaml:21:1: papers: unknown field/,
    )
    const early = /closes: .*/
    await writeFile(file('bad.yaml'), yaml(2).replace(early, 'closes: 2026-01-01T00:00:00Z'))
    await refused(bad, /bad\.yaml:8:11: schedule\.closes: this time has passed/)
    await expect(stat(file('bad.json'))).rejects.toThrow('ENOENT')

    await writeFile(file('election.yaml'), yaml(2))
    const said = await good('manifest', 'election.yaml', '--out', 'manifest.json', '--server', url)
    election = payloadHash(await readFile(file('manifest.json')))
    expect(said).toContain(`election: ${election}`)
    expect(said).toContain('fewer than 5 ballots are withheld')
    expect(said).toContain('registrars, 2 signatures needed:')
  })

  it('keeps its manifest: another is not written over it', async () => {
    const before = await readFile(file('manifest.json'))
    const text = await readFile(file('election.yaml'), 'utf8')
    await writeFile(file('other.yaml'), text.replace('Shall it be?', 'Shall it not?'))
    const make = (source: string) => ['manifest', source, '--out', 'manifest.json', '--server', url]
    await refused(make('other.yaml'), /manifest\.json is there already.* nothing was written/)
    expect(await readFile(file('manifest.json'))).toEqual(before)
    await good(...make('election.yaml'))
    await good(...make('other.yaml'), '--force')
    expect(await readFile(file('manifest.json'))).not.toEqual(before)
    await good(...make('election.yaml'), '--force')
    expect(await readFile(file('manifest.json'))).toEqual(before)
  })

  it('is created by both', async () => {
    const create = ['create', '--server', url, '--manifest', 'manifest.json']
    await refused([...create, '--key', 'administrator-1.age'], '1 more signature is needed')
    await refused(['status', ...on()], 'checkpoint', 2)
    await good(...create, '--key', 'administrator-1.age', '--draft', 'create.json')
    const post = ['post', 'create.json', '--manifest', 'manifest.json', '--server', url]
    await refused(post, '1 more signature is needed')
    const sign = ['sign', 'create.json', '--manifest', 'manifest.json', '--key']
    await refused([...sign, 'registrar-2.age'], 'is not one of an administrator')
    const signed = await run([...sign, 'administrator-2.age'])
    expect(signed).toMatchObject({ code: 0, err: expect.stringContaining('title: Shall it be?') })
    const said = await good(...post)
    const again = await run(['manifest', 'election.yaml', '--out', 'again.json', '--server', url])
    expect(again).toMatchObject({ code: 0, err: expect.stringContaining('choose another origin') })
    expect(said).toContain('manifest: entry 0 of the board, receipt verified')
    expect(await good('status', ...on())).toContain('next: roll')
  })

  it('gets codes for people, which stay here', async () => {
    const people = Array.from({ length: 300 }, (_, i) => `Voter ${i},${i === 0 ? 3 : 1}`)
    await writeFile(file('people.csv'), ['name,weight', ...people, ''].join('\n'))
    const args = ['credentials', '--manifest', 'manifest.json', '--csv', 'people.csv']
    const outs = ['--out-codes', 'codes.csv', '--out-roll', 'roll.json']
    await good(...args, ...outs)
    expect((await stat(file('codes.csv'))).mode & 0o777).toBe(0o600)
    await refused([...args, ...outs], 'there already')
    await writeFile(file('latin.csv'), Buffer.from('name\nJos\xe9\n', 'latin1'))
    const latin = ['credentials', '--manifest', 'manifest.json', '--csv', 'latin.csv']
    await refused([...latin, '--out-codes', 'l.csv', '--out-roll', 'l.json'], 'UTF-8')
    expect(await readFile(file('roll.json'), 'utf8')).not.toContain('Voter')
  })

  it('gets its roll in chunks, and goes on where it stopped', async () => {
    const roll = ['roll', ...on(), '--roll', 'roll.json', '--key', 'registrar-1.age']
    expect(await good(...roll, '--draft', 'chunk')).toContain('chunk-2')
    const sign = async (draft: string) => {
      await good('sign', draft, '--manifest', 'manifest.json', '--key', 'registrar-2.age')
      await good('post', draft, '--manifest', 'manifest.json', '--server', url)
    }
    await sign('chunk-1')
    expect((await course()).roll.size).toBe(256)
    // Another roll of the same election cannot go on from there.
    await good(
      'credentials',
      '--manifest',
      'manifest.json',
      '--csv',
      'people.csv',
      '--out-codes',
      'codes-2.csv',
      '--out-roll',
      'roll-2.json',
    )
    await refused([...roll.with(6, 'roll-2.json'), '--draft', 'x'], 'another roll')
    const compare = ['sign', 'chunk-2', '--manifest', 'manifest.json', '--key', 'registrar-2.age', '--roll']
    await refused([...compare, 'roll-2.json'], 'do not sign')
    expect((await run([...compare, 'roll.json'])).err).toContain(
      'All 44 credentials agree with roll.json, 257 to 300 of its 300',
    )
    expect(await good(...roll, '--draft', 'rest')).not.toContain('rest-2')
    await sign('rest-1')
    expect((await course()).roll).toMatchObject({ size: 300, chunks: 2, weight: 302 })
    await refused(roll, 'on the board already')
  })

  it('is sealed, and changed for a reason', async () => {
    await together('registrar', 'seal', '--reference', 'the register of today')
    await refused(['roll', ...on(), '--roll', 'roll.json', '--key', 'registrar-1.age'], 'the roll is sealed')
    const { credentials } = JSON.parse(await readFile(file('roll.json'), 'utf8')) as {
      credentials: { key: string }[]
    }
    const [first] = credentials
    await writeFile(file('change.yaml'), `reweighted: [{ key: "${first!.key}", weight: 9 }]\n`)
    await together('registrar', 'change', '--file', 'change.yaml', '--reason', 'more shares')
    expect((await course()).roll.get(first!.key)).toEqual({ style: 'all', weight: 9 })
    await writeFile(file('change.yaml'), 'remove: []\n')
    const change = ['change', ...on(), '--key', 'registrar-1.age', '--file', 'change.yaml', '--reason', 'x']
    await refused(change, 'no list “remove” here')
  })

  it('writes no code into the file that cannot be posted', async () => {
    const before = await readFile(file('codes.csv'), 'utf8')
    const key = ['--key', 'registrar-1.age', '--codes', 'codes.csv', '--reason', 'lost']
    await refused(['new-code', ...on(), '--name', 'Voter 7', ...key], '1 more signature is needed')
    await refused(['add', ...on(), '--name', 'Voter 999', ...key], '1 more signature is needed')
    expect(await readFile(file('codes.csv'), 'utf8')).toBe(before)
    await together('registrar', 'new-code', '--name', 'Voter 7', ...key.slice(2))
    expect(await readFile(file('codes.csv'), 'utf8')).toMatch(/\nVoter 7,[0-9A-Z-]+\n$/)
  })

  it('says why something is not possible before it signs', async () => {
    const admin = [...on(), '--key', 'administrator-1.age', '--reason', 'x']
    const registrar = [...on(), '--key', 'registrar-1.age']
    await refused(['close', ...admin], 'does not allow closing on request')
    await refused(['extend', ...admin, '--closes', '2026-01-01T00:00:00Z'], 'not later than')
    await refused(['reconcile', ...registrar], 'only once, between closed and tallied')
    const cancel = ['cancel', ...registrar, '--reason', 'voted on paper']
    await refused([...cancel, '--name', 'Voter 7', '--codes', 'codes.csv'], 'between opened and reconciled')
    await refused([...cancel, '--name', 'Voter 999', '--codes', 'codes.csv'], 'nobody is called')
    await refused([...cancel, '--name', 'Voter 7'], '--codes', 2)
    await refused(['notice', ...registrar, '--text', 'x'], 'is not one of an administrator')
  })

  it('is restarted, extended, remarked upon and aborted by both', async () => {
    await together('administrator', 'restart', '--reason', 'a trustee lost a file')
    const closes = toTimestamp(Math.floor(Date.now() / 1000) + 3600 * 72)
    await together('administrator', 'extend', '--closes', closes, '--reason', 'snow')
    await together('administrator', 'notice', '--text', 'It snows.')
    const posted = (await readFile(file(`draft-${drafts - 1}.json`), 'utf8')) as string
    // Somebody between us and the server, who answers with another place on the board.
    const between = createServer((request, response) => {
      void (async () => {
        const answer = await fetch(`${url}${request.url}`, { method: 'POST', body: posted })
        const { entry, receipt } = (await answer.json()) as { entry: string; receipt: string }
        response
          .writeHead(200)
          .end(JSON.stringify({ entry, receipt: receipt.replace(/index \d+/, 'index 0') }))
      })()
    })
    await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve))
    const liar = `http://127.0.0.1:${(between.address() as AddressInfo).port}`
    const again = ['post', `draft-${drafts - 1}.json`, '--manifest', 'manifest.json', '--server', liar]
    const said = await run(again)
    between.close()
    expect(said).toMatchObject({ code: 1, err: expect.stringContaining('receipt is worth nothing') })
    const [, evidence] = /The whole answer is in (evidence-[0-9a-f]{8}\.json)/.exec(said.err)!
    expect(JSON.parse(await readFile(file(evidence!), 'utf8'))).toMatchObject({
      kind: 'notice',
      election,
      url: `${liar}/api/elections/${election}/entries`,
      entry: expect.stringContaining('"kind":"notice"'),
      receipt: expect.stringContaining('\nindex 0\n'),
    })
    await mkdir(file('page/js'), { recursive: true })
    await writeFile(file('page/index.html'), 'a page')
    await writeFile(file('page/js/vote.js'), 'a script')
    const hashes = /page:\n {2}"index.html": "[0-9a-f]{64}"\n {2}"js\/vote.js": "[0-9a-f]{64}"\n/
    expect(await good('page-hashes', 'page')).toMatch(hashes)
    await together('administrator', 'page', '--folder', 'page', '--reason', 'a new page')
    const { phase } = await course()
    expect(phase).toMatchObject({ closes, attempt: { number: 2 } })
    await together('administrator', 'abort', '--reason', 'it was a test')
    const status = JSON.parse(await good('status', ...on(), '--json')) as { stage: string; next: string }
    expect(status).toMatchObject({ stage: 'ended', next: expect.stringContaining('aborted') })
  })

  it('takes no draft that somebody has changed', async () => {
    const text = await readFile(file('draft-0.json'), 'utf8')
    const { payload, ...rest } = JSON.parse(text) as { payload: string }
    const edited = Buffer.from(payload, 'base64url').toString().replace('today', 'never')
    const draft = { ...rest, payload: Buffer.from(edited).toString('base64url') }
    const sorted = Object.fromEntries(Object.entries(draft).sort(([a], [b]) => (a < b ? -1 : 1)))
    await writeFile(file('forged.json'), JSON.stringify(sorted))
    const key = ['--key', 'registrar-2.age']
    await refused(['sign', 'forged.json', '--manifest', 'manifest.json', ...key], 'does not fit')
    await refused(['post', 'forged.json', '--manifest', 'manifest.json', '--server', url], 'does not fit')
  })
})
