import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmod,
  copyFile,
  mkdir,
  open,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { connect } from 'node:net'
import { hostname } from 'node:os'
import { promisify } from 'node:util'
import { addCheckpointBytes, boardKey, cosign, sha256, utf8 } from '@cista/board'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { TestBoard } from './board.js'
import { TestWitness, buildCommand, command } from './running.js'

const board = () => new TestBoard('board.example/1')
const file = createHash('sha256').update('board.example/1').digest('hex')
const made: TestWitness[] = []

async function newWitness(elections = [board().key]): Promise<TestWitness> {
  const witness = await TestWitness.create('witness.example/a', elections)
  made.push(witness)
  return witness
}

beforeAll(buildCommand)
afterEach(async () => {
  for (const witness of made.splice(0)) await witness.remove()
})

/** A witness that has cosigned 6 entries, and is not running. */
async function withState(): Promise<TestWitness> {
  const witness = await (await newWitness()).start()
  expect(await witness.post(board().grow(6).request(0))).toMatchObject({ status: 200 })
  expect(await witness.end()).toBe(0)
  return witness
}

describe('a witness that is killed', () => {
  it('knows what it has cosigned', async () => {
    const witness = await (await newWitness()).start()
    const growing = board()
    for (const [old, to] of [
      [0, 3],
      [3, 3],
      [3, 8],
    ] as const) {
      expect(await witness.post(growing.grow(to).request(old))).toMatchObject({ status: 200 })
      expect(await witness.end('SIGKILL')).toBe(null)
      await witness.start()
      expect(witness.said).toContain(`witnessing board.example/1, cosigned at size ${to}`)
      const fork = new TestBoard(growing.origin, 'another').grow(to)
      expect(await witness.post(fork.request(0))).toMatchObject({ status: 409, text: `${to}\n` })
      expect(await witness.post(fork.request(to))).toMatchObject({ status: 422 })
    }
  })

  it('in the middle of anything, never cosigns two trees of one size', async () => {
    const witness = await newWitness()
    const histories = ['one', 'two', 'three'].map((name) => new TestBoard('board.example/1', name).grow(60))
    const roots = new Map<number, Set<number>>()
    let known = 0
    for (let round = 0; round < 6; round++) {
      await witness.start()
      // Every history tries from what the witness is known to have; some time after the first cosignature the end comes, at no moment in particular.
      let begun: () => void = () => undefined
      const killed = new Promise<void>((resolve) => (begun = resolve))
        .then(() => new Promise((resolve) => setTimeout(resolve, 15 * round)))
        .then(() => witness.end('SIGKILL'))
      const climb = async (history: TestBoard, which: number) => {
        for (let tries = 0; tries < 40; tries++) {
          const to = Math.min(known + 1 + (tries % 3), 60)
          const answer = await witness.post(history.request(Math.min(known, to), to)).catch(() => undefined)
          if (answer === undefined) return
          if (answer.status === 409) known = Number(answer.text)
          if (answer.status !== 200) continue
          begun()
          known = Math.max(known, to)
          roots.set(to, (roots.get(to) ?? new Set()).add(which))
        }
      }
      await Promise.all(histories.map(climb))
      await killed
    }
    expect(roots.size).toBeGreaterThan(3)
    // One history was there first, and no other has ever had a cosignature.
    expect(new Set([...roots.values()].flatMap((set) => [...set])).size).toBe(1)
  })

  it('leaves a half-written file behind, which says nothing', async () => {
    const witness = await withState()
    await writeFile(witness.file(`state/${file}.new`), 'board.exa')
    await witness.start()
    expect(await readdir(witness.file('state'))).toEqual([file, 'lock'])
    expect(await witness.post(board().grow(9).request(6))).toMatchObject({ status: 200 })
  })
})

it('a witness that is told to end answers what is under way, and ends at once', async () => {
  const witness = await (await newWitness()).start()
  const growing = board().grow(40)
  const answers = Array.from({ length: 20 }, () => witness.post(growing.request(0)).catch(() => undefined))
  await Promise.race(answers)
  const started = performance.now()
  expect(await witness.end()).toBe(0)
  expect(performance.now() - started).toBeLessThan(5_000)
  const statuses = (await Promise.all(answers)).flatMap((answer) => answer?.status ?? [])
  expect(statuses.filter((status) => status === 200)).toHaveLength(1)
  expect(new Set(statuses)).toEqual(statuses.length > 1 ? new Set([200, 409]) : new Set([200]))
  expect(await readdir(witness.file('state'))).toEqual([file])
})

describe('the folder of a witness', () => {
  it('belongs to one process', async () => {
    const witness = await (await newWitness()).start()
    expect(await command(...witness.args())).toMatchObject({
      code: 1,
      err: expect.stringContaining(`process ${witness.pid} on ${hostname()} has this folder`),
    })
    // What the second found in its way is still there.
    expect(await readFile(witness.file('state/lock'), 'utf8')).toMatch(new RegExp(`^${witness.pid} `))
    expect(await witness.post(board().grow(3).request(0))).toMatchObject({ status: 200 })
    expect(await witness.end()).toBe(0)
    expect(await readdir(witness.file('state'))).toEqual([file])
  })

  it('is taken over from a process that is gone, by one of many', async () => {
    const witness = await withState()
    const [, boot = ''] = /^\S+ \S+ (\S+ \S+)\n/.exec(await lockOf(witness))!
    await writeFile(witness.file('state/lock'), `999999999 ${hostname()} ${boot}\n`)
    const twins = Array.from({ length: 4 }, () => witness.twin())
    made.push(...twins)
    const starts = await Promise.allSettled(twins.map((twin) => twin.start()))
    expect(starts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('is not taken from a process that may live', async () => {
    const witness = await withState()
    const [, boot = ''] = /^\S+ \S+ (\S+ \S+)\n/.exec(await lockOf(witness))!
    const cases = [
      [`${process.pid} ${hostname()} ${boot}\n`, 'has this folder'],
      ['1 another-machine - -\n', 'process 1 on another-machine has this folder'],
      // In another container of the same name, where it has a number that nobody has here.
      [`999999999 ${hostname()} ${boot.split(' ')[0]} pid:[1]\n`, 'has this folder'],
      ['rubbish', 'is no lock of a witness'],
      ['', 'is no lock of a witness'],
    ] as const
    for (const [text, why] of cases) {
      await writeFile(witness.file('state/lock'), text)
      expect(await command(...witness.args())).toMatchObject({ code: 1, err: expect.stringContaining(why) })
      expect(await readFile(witness.file('state/lock'), 'utf8')).toBe(text)
    }
    // Another one is just taking it over.
    await writeFile(witness.file('state/lock'), `999999999 ${hostname()} ${boot}\n`)
    await writeFile(witness.file('state/lock.takeover'), `${process.pid} ${hostname()} ${boot}\n`)
    expect(await command(...witness.args())).toMatchObject({
      code: 1,
      err: expect.stringContaining('lock.takeover'),
    })
    // That one was killed, too.
    await writeFile(witness.file('state/lock.takeover'), `999999999 ${hostname()} ${boot}\n`)
    await witness.start()
    expect(await readdir(witness.file('state'))).toEqual([file, 'lock'])
  })

  it('of a process of an earlier start of the machine is free', async () => {
    const witness = await withState()
    await writeFile(witness.file('state/lock'), `${process.pid} ${hostname()} an-earlier-start pid:[1]\n`)
    await witness.start()
  })

  async function lockOf(witness: TestWitness): Promise<string> {
    await witness.start()
    const lock = await readFile(witness.file('state/lock'), 'utf8')
    await witness.end()
    return lock
  }
})

describe('a damaged state is refused, and left as it is', () => {
  const path = (w: TestWitness) => w.file(`state/${file}`)
  it.each([
    ['an empty file', (w: TestWitness) => truncate(path(w), 0)],
    ['half a file', async (w: TestWitness) => truncate(path(w), (await stat(path(w))).size / 2)],
    ['zeros', async (w: TestWitness) => writeFile(path(w), new Uint8Array((await stat(path(w))).size))],
    ['another size', edit((note) => note.replace('\n6\n', '\n5\n'))],
    ['no line of the witness', edit((note) => note.replace(/[^\n]+\n$/, ''))],
    [
      'the line of another witness',
      edit(() => cosign(board().grow(6).note(), sha256(utf8('b')), 'witness.example/a', 7)),
    ],
    ['a line too many', edit((note) => cosign(note, sha256(utf8('b')), 'witness.example/b', 7))],
    ['the file of another board', (w: TestWitness) => copyFile(path(w), w.file(`state/${'0'.repeat(64)}`))],
    ['a folder in its place', async (w: TestWitness) => rm(path(w)).then(() => mkdir(path(w)))],
    ['bytes that are no text', async (w: TestWitness) => writeFile(path(w), Uint8Array.of(0xff, 10, 10))],
  ])('%s', async (_name, damage) => {
    const witness = await withState()
    await damage(witness)
    const before = await readFile(path(witness)).catch(() => undefined)
    const { code, err, out } = await command(...witness.args())
    expect({ code, out, err }).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('it must not go on with this folder'),
    })
    expect(await readFile(path(witness)).catch(() => undefined)).toEqual(before)
    expect((await readdir(witness.file('state'))).filter((name) => name.startsWith('lock'))).toEqual([])
  })

  function edit(change: (note: string) => string) {
    return async (w: TestWitness) => writeFile(path(w), change(await readFile(path(w), 'utf8')))
  }

  it('while it runs, too: it halts for this board, and says so', async () => {
    const witness = await newWitness([board().key, new TestBoard('board.example/2').key])
    await witness.start()
    expect(await witness.post(board().grow(6).request(0))).toMatchObject({ status: 200 })
    const early = await readFile(path(witness))
    expect(await witness.post(board().grow(8).request(6))).toMatchObject({ status: 200 })
    // Somebody restores an old copy under its feet.
    await writeFile(path(witness), early)
    for (let i = 0; i < 2; i++)
      expect(await witness.post(board().grow(9).request(8))).toMatchObject({ status: 500 })
    expect(await witness.get('/healthz')).toMatchObject({ status: 503, text: 'halted: board.example/1\n' })
    expect(witness.said).toContain('ALARM: halted "board.example/1"')
    expect(await witness.post(new TestBoard('board.example/2').grow(3).request(0))).toMatchObject({
      status: 200,
    })
  })

  it('and a folder that cannot be written cosigns nothing', async () => {
    const witness = await (await newWitness()).start()
    // Root may write everywhere, but not into what is no folder.
    await rm(witness.file('state'), { recursive: true })
    await writeFile(witness.file('state'), '')
    expect(await witness.post(board().grow(3).request(0))).toMatchObject({ status: 500 })
    expect(await witness.get('/healthz')).toMatchObject({ status: 503 })
  })
})

describe('the list of elections', () => {
  it('is the newest, however long an older one takes to be read', async () => {
    const [older, newer] = ['board.example/2', 'board.example/3'].map((name) => new TestBoard(name))
    const witness = await (await newWitness()).start()
    const [list, slow] = [witness.file('elections'), witness.file('slow')]
    // A pipe is read when somebody has written all of it.
    await promisify(execFile)('mkfifo', [slow])
    await rename(slow, list)
    process.kill(witness.pid, 'SIGHUP')
    const pipe = await open(list, 'w')
    await rename(list, slow)
    await witness.list([newer!.key])
    process.kill(witness.pid, 'SIGHUP')
    await new Promise((resolve) => setTimeout(resolve, 500))
    await pipe.writeFile(`${older!.key}\n`)
    await pipe.close()
    await witness.says('witnessing board.example/2')
    await witness.says('witnessing board.example/3')
    expect(await witness.post(newer!.grow(1).request(0))).toMatchObject({ status: 200 })
    expect(await witness.post(older!.grow(1).request(0))).toMatchObject({ status: 404 })
  })

  it('may change at any time', async () => {
    const [first, second] = [board().grow(3), new TestBoard('board.example/2').grow(2)]
    const witness = await (await newWitness([])).start()
    expect(await witness.post(first.request(0))).toMatchObject({ status: 404 })
    await witness.list([`${first.key} # the city`, '', '# more to come'])
    expect(await witness.post(first.request(0))).toMatchObject({ status: 200 })
    await witness.list([first.key, second.key])
    process.kill(witness.pid, 'SIGHUP')
    await witness.says('witnessing board.example/2, never cosigned')
    expect(await witness.post(second.request(0))).toMatchObject({ status: 200 })
    await witness.list([second.key])
    expect(await witness.post(first.grow(4).request(3))).toMatchObject({ status: 404 })
    // It is still known when it comes back.
    await witness.list([first.key])
    expect(await witness.post(first.request(0))).toMatchObject({ status: 409, text: '3\n' })
  })

  it('at fault stops the start, but not what runs', async () => {
    const other = new TestBoard('board.example/1')
    const witness = await withState()
    const run = async () => command(...witness.args())
    await witness.list([board().key, 'rubbish'])
    expect(await run()).toMatchObject({
      code: 1,
      err: expect.stringContaining('elections line 3: not <name>+<id>+<key>'),
    })
    await witness.list([board().key, other.key])
    expect(await run()).toMatchObject({
      code: 1,
      err: expect.stringContaining('a second key for board.example/1'),
    })
    await witness.list([witness.vkey])
    expect(await run()).toMatchObject({ code: 1, err: expect.stringContaining('not of a board') })
    await rm(witness.file('elections'))
    expect(await run()).toMatchObject({ code: 1, err: expect.stringContaining('cannot be read') })

    await witness.list([board().key])
    await witness.start()
    await witness.list(['rubbish'])
    expect(await witness.post(board().grow(7).request(6))).toMatchObject({ status: 200 })
    expect(witness.said).toContain('ALARM: the list of elections stays as it was')
  })

  it('cannot give a known board another key', async () => {
    const witness = await withState()
    await witness.list([boardKey(sha256(utf8('stolen')), board().origin)])
    expect(await command(...witness.args())).toMatchObject({
      code: 1,
      err: expect.stringContaining('what is kept of board.example/1: no valid signature of the board'),
    })
  })
})

describe('strangers', () => {
  it('may send slowly, but not for long', async () => {
    const witness = await (await newWitness()).start('--timeout', '1')
    const { hostname: host, port } = new URL(witness.url)
    const heads = [
      '',
      'POST /add-checkpoint HTTP/1.1\r\nHost: x\r\n',
      'POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nold 0\n',
    ]
    const started = Date.now()
    const slow = heads.map(
      (head) =>
        new Promise<string>((resolve) => {
          const socket = connect(Number(port), host)
          let got = ''
          socket.on('data', (chunk: Buffer) => (got += chunk.toString()))
          socket.on('error', () => undefined)
          socket.on('close', () => resolve(got))
          socket.write(head)
          const drip = setInterval(
            () => (socket.writable ? socket.write(head === '' ? '' : 'x') : undefined),
            200,
          )
          socket.on('close', () => clearInterval(drip))
        }),
    )
    // Others are answered meanwhile.
    expect(await witness.post(board().grow(3).request(0))).toMatchObject({ status: 200 })
    for (const got of await Promise.all(slow.slice(1))) expect(got).toContain('408')
    expect(Date.now() - started).toBeLessThan(8_000)
  })

  it('may not send much', async () => {
    const witness = await (await newWitness()).start()
    expect(await witness.post('x'.repeat(addCheckpointBytes))).toMatchObject({ status: 400 })
    expect(await witness.post('x'.repeat(addCheckpointBytes + 1))).toMatchObject({ status: 413 })
    // Without a length known beforehand, and without end.
    const { hostname: host, port } = new URL(witness.url)
    const socket = connect(Number(port), host)
    let got = ''
    socket.on('data', (chunk: Buffer) => (got += chunk.toString()))
    socket.on('error', () => undefined)
    const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
    socket.write('POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
    const more = () => void socket.write(`1000\r\n${'x'.repeat(4096)}\r\n`)
    const drip = setInterval(more, 5)
    await closed
    clearInterval(drip)
    expect(got).toMatch(/^HTTP\/1\.1 413 /)
    expect(await witness.post(board().grow(3).request(0))).toMatchObject({ status: 200 })
  })
})

describe('the key', () => {
  it('is made once, for its owner only, and shown again', async () => {
    const witness = await newWitness()
    const path = witness.file('key')
    expect(witness.vkey).toMatch(/^witness\.example\/a\+[0-9a-f]{8}\+B[A-P]/)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const before = await readFile(path, 'utf8')
    expect(await command('key', 'new', '--file', path, '--name', 'witness.example/b')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('is there already'),
    })
    expect(await readFile(path, 'utf8')).toBe(before)
    expect(await command('key', 'show', '--file', path)).toMatchObject({ code: 0, out: `${witness.vkey}\n` })
    expect(await readdir(witness.folder)).toEqual(['elections', 'key'])
  })

  it('damaged, missing or of no name is refused', async () => {
    const witness = await newWitness()
    const path = witness.file('key')
    const text = await readFile(path, 'utf8')
    await chmod(path, 0o600)
    await writeFile(path, text.replace(/\+[0-9a-f]{8}\+/, '+00000000+'))
    const { code, err } = await command(...witness.args())
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('not the secret key') })
    await rm(path)
    expect(await command(...witness.args())).toMatchObject({
      code: 1,
      err: expect.stringContaining('key new'),
    })
    expect(await command('key', 'new', '--file', path, '--name', 'a b')).toMatchObject({ code: 1 })
    expect(await command('run')).toMatchObject({ code: 2 })
    expect(await command('--help')).toMatchObject({ code: 0 })
  })
})
