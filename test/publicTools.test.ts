import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type MemoryRecord, type RecordSource, parseReceipt, toHex } from '@cista/board'
import { Simulation } from '@cista/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { folderRecord } from '../packages/verifier/cli/folder.js'
import { forkOf, no, noteOf, receiptFileOf, serve, yes } from '../packages/verifier/test/support.js'
import { root } from './files.js'

// The programs as they are installed, against servers of static files, with files as people have them.
let folder: string
const servers: Awaited<ReturnType<typeof serve>>[] = []
const children: ChildProcess[] = []

beforeAll(async () => {
  const tsc = `${root}node_modules/typescript/bin/tsc`
  await promisify(execFile)(process.execPath, [tsc, '-b', `${root}packages/verifier/cli`])
  folder = await mkdtemp(join(tmpdir(), 'cista-tools-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))
afterEach(() => {
  for (const server of servers.splice(0)) server.stop()
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL')
})

function start(...args: string[]) {
  const child = spawn(process.execPath, [`${root}packages/verifier/bin/cista-verify.js`, ...args], {
    cwd: folder,
  })
  children.push(child)
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()))
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, ...said })),
  )
  const saying = async (text: string) => {
    while (!said.out.includes(text)) {
      if (child.exitCode !== null) throw new Error(`ended without “${text}”: ${said.out}${said.err}`)
      await sleep(50)
    }
  }
  return { child, ended, saying, said }
}
const run = (...args: string[]) => start(...args).ended

async function serving(record: () => RecordSource | undefined): Promise<string> {
  const server = await serve(record)
  servers.push(server)
  return server.url
}
const inFolder = (name: string) => join(folder, name)
const evidenceIn = async (name: string) =>
  (await readdir(inFolder(name))).filter((f) => f.startsWith('evidence-'))
/** Test elections are of a time long past: what is overdue in them is another test's business. */
const forEver = '1000000000'
const unused = 'http://127.0.0.1:9'

describe('cista-verify', () => {
  it('shows its commands beside what it does without one', async () => {
    const { out, code } = await run('--help')
    for (const command of ['receipt', 'dispute', 'watch', 'mirror', 'page', 'vkey']) {
      expect(out).toContain(`\n  ${command} `)
      const help = await run(command, '--help')
      expect(help).toMatchObject({
        code: 0,
        out: expect.stringContaining(`Examples:\n  cista-verify ${command} `),
      })
    }
    expect(out).toContain('cista-verify [options] [command] <record>')
    expect(code).toBe(0)
    expect(await run('watch', unused)).toMatchObject({ code: 2, err: expect.stringContaining('--election') })
    expect(await run('vkey', unused, '--election', 'abc')).toMatchObject({ code: 2 })
    expect(await run('vkey', unused)).toMatchObject({
      code: 2,
      err: expect.stringContaining('cannot be reached'),
    })
  })
})

describe('cista-verify receipt', () => {
  const s = new Simulation({ witnesses: 3 }).setUp().cast(0, yes)
  const { id, origin } = s.definition
  const { entry, entryBytes } = s.log.at(-1)!
  beforeAll(async () => writeFile(inFolder('receipt.json'), await receiptFileOf(s)))

  it('says what a receipt proves, and what it does not', async () => {
    const { code, out } = await run('receipt', 'receipt.json', '--election', id)
    expect(code).toBe(0)
    for (const text of [
      id,
      'the one you asked for',
      `Tracker      ${entry.payload}`,
      `Entry        ${entry.index}, taken ${entry.batchTime}`,
      origin,
      `witness.example/2, ${s.now}`,
      'GOOD. ',
      'nothing about the choices',
    ])
      expect(out).toContain(text)
    expect((await run('receipt', 'receipt.json')).out).toContain('Compare it with the id that was published')
  })

  it('says it to programs', async () => {
    const { code, out } = await run('receipt', '--json', 'receipt.json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toEqual({
      verdict: 'good',
      election: id,
      compared: false,
      tracker: entry.payload,
      index: entry.index,
      time: entry.batchTime,
      origin,
      size: s.size,
      root: toHex(Buffer.from(s.checkpoint().split('\n')[2]!, 'base64')),
      cosignatures: [1, 2, 3].map((i) => ({ name: `witness.example/${i}`, time: s.now })),
    })
  })

  it('parts it for other tools', async () => {
    const { code, out } = await run('receipt', 'receipt.json', '--split', 'parts')
    expect(code).toBe(0)
    expect(out).toContain(s.definition.manifest.board)
    expect(new Uint8Array(await readFile(inFolder('parts/entry')))).toEqual(entryBytes)
    const proof = parseReceipt(await readFile(inFolder('parts/receipt.tlog-proof'), 'utf8'))
    expect(proof).toMatchObject({ index: entry.index, checkpoint: s.checkpoint() })
  })

  it('refuses what is none, and says whose election it is', async () => {
    const other = await run('receipt', 'receipt.json', '--election', 'ab'.repeat(32))
    expect(other).toMatchObject({ code: 1, out: expect.stringContaining('ANOTHER ELECTION.') })
    const bytes = await readFile(inFolder('receipt.json'), 'utf8')
    await writeFile(inFolder('damaged.json'), bytes.replace('"index', ' "index'))
    expect(await run('receipt', 'damaged.json')).toMatchObject({
      code: 1,
      out: expect.stringContaining('REFUTED.'),
    })
    const json = await run('receipt', 'damaged.json', '--json')
    expect(JSON.parse(json.out)).toMatchObject({ verdict: 'refuted', at: 'receipt file' })
    expect(await run('receipt', 'nowhere.json')).toMatchObject({
      code: 2,
      err: expect.stringContaining('there is no file'),
    })
  })
})

describe('cista-verify vkey', () => {
  it('prints the key of a board, and its witnesses as a policy', async () => {
    const s = new Simulation({ witnesses: 3 })
    const { id, manifest } = s.definition
    const record = await s.record()
    const url = await serving(() => record)
    expect(await run('vkey', url, '--election', id)).toEqual({ code: 0, out: `${manifest.board}\n`, err: '' })
    expect((await run('vkey', url)).err).toContain('Compare it')
    const [a, b, c] = manifest.witnesses.keys
    expect((await run('vkey', url, '--witnesses')).out).toBe(
      `# Election ${id}
log ${manifest.board}
witness witness-1 ${a}
witness witness-2 ${b}
witness witness-3 ${c}
group witnesses 2 witness-1 witness-2 witness-3
quorum witnesses
`,
    )
    const alone = new Simulation()
    const other = await alone.record()
    const otherUrl = await serving(() => other)
    expect((await run('vkey', otherUrl, '--witnesses')).out).toMatch(/\nlog .*\nquorum none\n$/)
    expect(await run('vkey', url, '--election', alone.definition.id)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('MANIFEST_ID'),
    })
    await record.write('checkpoint', Buffer.from(alone.checkpoint()))
    expect(await run('vkey', url)).toMatchObject({ code: 1, err: expect.stringContaining('not by this key') })
  })
})

describe('cista-verify dispute', () => {
  const s = new Simulation().setUp().cast(0, yes)
  const { id } = s.definition
  const index = s.size - 1
  let record: MemoryRecord
  beforeAll(async () => {
    await writeFile(inFolder('disputed.json'), await receiptFileOf(s))
    await writeFile(inFolder('own-note'), s.checkpoint())
    record = await s.cast(1, no).record()
  })

  it('accuses nobody where the ballot is on the board', async () => {
    const url = await serving(() => record)
    const { code, out } = await run(
      'dispute',
      'disputed.json',
      url,
      '--election',
      id,
      '--checkpoint',
      'own-note',
    )
    expect({ code, out }).toMatchObject({
      code: 0,
      out: expect.stringContaining(`Entry ${index} is your ballot`),
    })
    const json = await run('dispute', 'disputed.json', url, '--json')
    expect(JSON.parse(json.out)).toEqual({
      outcome: 'on-board',
      standing: 'counted',
      election: id,
      tracker: s.log[index]!.entry.payload,
      index,
      size: index + 1,
    })
  })

  it('accuses a server that shows another board, with evidence', async () => {
    const fork = await forkOf(s, index)
    const url = await serving(() => fork)
    const { code, out } = await run('dispute', 'disputed.json', url, '--evidence', 'case')
    expect({ code, out }).toMatchObject({ code: 1, out: expect.stringContaining('THE SERVER IS AT FAULT') })
    const [file] = await evidenceIn('case')
    const text = await readFile(inFolder(`case/${file}`), 'utf8')
    for (const part of [
      id,
      s.definition.manifest.board,
      await noteOf(fork),
      await readFile(inFolder('own-note'), 'utf8'),
    ])
      expect(text).toContain(part)
    expect(text).toContain('Both are of one size and have different roots')

    await writeFile(inFolder('fork-note'), await noteOf(fork))
    const good = await serving(() => record)
    const seen = await run(
      'dispute',
      'disputed.json',
      good,
      '--json',
      '--checkpoint',
      'fork-note',
      '--evidence',
      'case',
    )
    expect(seen.code).toBe(1)
    expect(JSON.parse(seen.out)).toMatchObject({
      outcome: 'server-forked',
      evidence: expect.stringMatching(/^case/),
    })
    expect((await evidenceIn('case')).length).toBe(2)
  })

  it('accuses a server whose files prove nothing', async () => {
    const broken = record.copy()
    broken.delete(broken.paths().find((path) => path.startsWith('tile/0'))!)
    const url = await serving(() => broken)
    const { code, out } = await run('dispute', 'disputed.json', url, '--evidence', 'files')
    expect({ code, out }).toMatchObject({ code: 1, out: expect.stringContaining('does not verify') })
    expect((await evidenceIn('files')).length).toBe(1)
  })

  it('cannot decide without an answer, a receipt, or a board that has come so far', async () => {
    expect(await run('dispute', 'disputed.json', unused)).toMatchObject({
      code: 2,
      out: expect.stringContaining('NO ANSWER.'),
    })
    expect(await run('dispute', 'own-note', unused)).toMatchObject({
      code: 2,
      out: expect.stringContaining('NO VALID RECEIPT.'),
    })
    const early = await new Simulation().record()
    const url = await serving(() => early)
    expect((await run('dispute', 'disputed.json', url)).code).toBe(2)
    const other = await new Simulation({ seed: 'other' }).record()
    const otherUrl = await serving(() => other)
    expect(await run('dispute', 'disputed.json', otherUrl)).toMatchObject({
      code: 2,
      out: expect.stringContaining('NOT THIS BOARD.'),
    })
    expect(await run('dispute', 'disputed.json', url, '--checkpoint', 'disputed.json')).toMatchObject({
      code: 2,
    })
  })
})

describe('cista-verify watch', () => {
  it('follows an election to its result, and keeps what it has seen', async () => {
    const s = new Simulation().setUp()
    const { id } = s.definition
    let record: MemoryRecord | undefined = await s.record()
    const url = await serving(() => record)
    const args = [
      'watch',
      url,
      '--election',
      id,
      '--state',
      'followed',
      '--stall',
      forEver,
      '--interval',
      '1',
    ]
    const watch = start(...args)
    await watch.saying('14 entries, 14 of them new')
    record = await s.cast(0, yes).record()
    await watch.saying('15 entries, 1 of them new: 1 ballot')
    record = undefined
    await watch.saying('no answer: ')
    watch.child.kill('SIGTERM')
    expect(await watch.ended).toMatchObject({ code: 0 })
    expect(await readFile(inFolder('followed/checkpoint'), 'utf8')).toBe(s.checkpoint())

    record = await (await s.cast(1, no).finish()).record()
    const { code, out } = await run(...args)
    expect(out).toContain('verifying from the start, then comparing')
    expect(out).toContain('VERIFIED.')
    expect(code).toBe(0)
    expect(await readFile(inFolder('followed/checkpoint'), 'utf8')).toBe(s.checkpoint())
    expect(await evidenceIn('followed')).toEqual([])
  })

  it('shouts at a board that was rewritten, and writes evidence', async () => {
    const s = new Simulation().setUp().cast(0, yes)
    const { id } = s.definition
    let record = await s.record()
    const url = await serving(() => record)
    const once = ['watch', url, '--election', id, '--state', 'forked', '--once', '--stall', forEver]
    expect(await run(...once)).toMatchObject({ code: 0 })
    const seen = s.checkpoint()
    record = await forkOf(s.cast(1, no), s.size - 2)
    const { code, out } = await run(...once, '--json')
    expect(code).toBe(1)
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines).toMatchObject([
      { kind: 'forked', ours: seen, theirs: await noteOf(record), time: expect.stringMatching(/Z$/) },
      { kind: 'grew' },
    ])
    const [file] = await evidenceIn('forked')
    expect(lines[0].evidence).toBe(join('forked', file!))
    const text = await readFile(inFolder(lines[0].evidence), 'utf8')
    expect(text).toContain(seen)
    expect(text).toContain(await noteOf(record))
    expect(await readFile(inFolder('forked/checkpoint'), 'utf8')).toBe(seen)
  })

  it('compares what others see: a file, another server, and a witness’s copy', async () => {
    const s = new Simulation().setUp().cast(0, yes)
    const { id } = s.definition
    const record = await s.record()
    const fork = await forkOf(s.cast(1, no), s.size - 2)
    const url = await serving(() => record)
    const other = await serving(() => fork)
    await writeFile(inFolder('seen-by-bo'), await noteOf(fork))
    const once = ['watch', url, '--election', id, '--once', '--stall', forEver]
    expect(await run(...once, '--state', 'c1', '--compare', url)).toMatchObject({ code: 0 })
    for (const place of ['seen-by-bo', other, `${other}/checkpoint`]) {
      const { code, out } = await run(...once, '--state', 'c2', '--compare', place)
      expect({ code, out }).toMatchObject({ code: 1, out: expect.stringContaining('FORK. ') })
    }
    const missing = await run(...once, '--state', 'c1', '--compare', 'nowhere')
    expect(missing).toMatchObject({ code: 0, out: expect.stringContaining('nowhere is not compared') })
  })

  it('shouts at bad entries, overdue ones, and silence; and does not run on a state that is none', async () => {
    const s = new Simulation().setUp()
    const { id } = s.definition
    const record = await s.record()
    const url = await serving(() => record)
    const once = (...more: string[]) => run('watch', url, '--election', id, '--once', ...more)
    // The closing time of test elections is long past.
    expect(await once('--state', 'late')).toMatchObject({ code: 1, out: expect.stringContaining('OVERDUE.') })
    s.append('nonsense', Buffer.from('{}'), [])
    const bad = await s.record()
    const badUrl = await serving(() => bad)
    expect(
      await run('watch', badUrl, '--election', id, '--once', '--stall', forEver, '--state', 'bad'),
    ).toMatchObject({
      code: 1,
      out: expect.stringContaining('ENTRY_KIND at entry 14 (nonsense)'),
    })
    const away = await run('watch', unused, '--election', id, '--once', '--state', 'away')
    expect(away).toMatchObject({ code: 2, out: expect.stringContaining('no answer') })
    await writeFile(inFolder('late/checkpoint'), 'nothing')
    expect(await once('--state', 'late')).toMatchObject({
      code: 2,
      err: expect.stringContaining('is no checkpoint of this board'),
    })
  })
})

describe('cista-verify mirror', () => {
  const s = new Simulation().setUp()
  const { id } = s.definition
  let early: MemoryRecord
  let record: MemoryRecord
  beforeAll(async () => {
    early = await s.record()
    for (let i = 0; i < 600; i++) s.post('notice', { text: `${i}` })
    record = await s.record()
  })

  it('survives being killed at any time, and is served and verified like the original', async () => {
    const slow: RecordSource = {
      read: async (path) => {
        await sleep(60)
        return record.read(path)
      },
    }
    const server = await serve(() => slow)
    servers.push(server)
    let killed = 0
    for (let patience = 400; ; patience += 120) {
      const mirror = start('mirror', server.url, 'copy', '--election', id)
      const outcome = await Promise.race([mirror.ended, sleep(patience)])
      if (outcome !== undefined) {
        expect(outcome).toMatchObject({ code: 0, out: expect.stringContaining('COMPLETE. 614 entries') })
        break
      }
      mirror.child.kill('SIGKILL')
      await mirror.ended
      killed += 1
    }
    expect(killed).toBeGreaterThan(0)
    const copy = folderRecord(inFolder('copy'))
    expect(await copy.list!()).toEqual(record.paths().sort())
    const url = await serving(() => ({ read: (path) => copy.read(path) }))
    for (const place of [url, 'copy'])
      expect(await run(place, '--election', id)).toMatchObject({
        code: 3,
        out: expect.stringContaining('UNFINISHED.'),
      })
  })

  it('continues no board that has forked, and writes evidence', async () => {
    await run('mirror', await serving(() => record), 'kept')
    const fork = await forkOf(s, s.size - 2)
    const forked = await serving(() => fork)
    const again = await run('mirror', forked, 'kept', '--evidence', 'mirrored')
    expect(again).toMatchObject({ code: 1, out: expect.stringContaining('FORK.') })
    const [file] = await evidenceIn('mirrored')
    const text = await readFile(inFolder(`mirrored/${file}`), 'utf8')
    expect(text).toContain(s.checkpoint())
    expect(text).toContain(await noteOf(fork))
    expect(text).toContain('They are of different sizes')
    expect(await readFile(inFolder('kept/checkpoint'), 'utf8')).toBe(s.checkpoint())
  })

  it('tells what is not as it should be', async () => {
    const url = await serving(() => record)
    await run('mirror', url, 'two')
    expect(await run('mirror', await serving(() => early), 'two')).toMatchObject({
      code: 2,
      out: expect.stringContaining('BEHIND.'),
    })
    const broken = record.copy()
    broken.delete('payloads/001')
    expect(await run('mirror', await serving(() => broken), 'three')).toMatchObject({
      code: 1,
      out: expect.stringContaining('BOARD_FILE at payloads/001: missing'),
    })
    expect(await run('mirror', unused, 'four')).toMatchObject({ code: 2 })
  })
})
