import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  cosign,
  cosignatureLine,
  openCheckpoint,
  parseAddCheckpoint,
  sha256,
  utf8,
  witnessKey,
} from '@cista/board'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { TestBoard } from '../../witness/test/board.js'
import { TestWitness, buildCommand } from '../../witness/test/running.js'
import { createMetrics } from '../src/metrics.js'
import { type HeadToWitness, httpWitnesses } from '../src/witnesses.js'

const names = Array.from({ length: 60 }, (_, i) => `board.example/${i}`)
let boards = 0
const newBoard = () => new TestBoard(names[boards++]!)
const honest: TestWitness[] = []

beforeAll(async () => {
  await buildCommand()
  const keys = names.map((name) => new TestBoard(name).key)
  for (const name of ['witness.example/1', 'witness.example/2', 'witness.example/3'])
    honest.push(await (await TestWitness.create(name, keys)).start())
})
afterAll(async () => {
  for (const witness of honest) await witness.remove()
})

/** What has been logged, a JSON object a line. */
let logged: string
let metrics = createMetrics()
beforeEach(() => {
  logged = ''
  metrics = createMetrics()
})

function client(witnesses: readonly { readonly vkey: string; readonly url: string }[], timeoutMs = 10_000) {
  const log = pino({ base: null }, { write: (line: string) => void (logged += line) })
  const addresses = new Map(witnesses.map(({ vkey, url }) => [vkey, url]))
  return httpWitnesses(addresses, { fetch, clock: Date.now, log, metrics, timeoutMs })
}

function head(
  board: TestBoard,
  witnesses: readonly { readonly vkey: string }[],
  quorum: number,
  more: Partial<HeadToWitness> = {},
): HeadToWitness {
  const size = board.leaves.length
  const policy = { board: board.key, witnesses: witnesses.map(({ vkey }) => vkey), quorum }
  // As an election of that id would.
  const election = Buffer.from(sha256(utf8(board.origin))).toString('hex')
  return {
    election,
    policy,
    size,
    note: board.note(),
    prove: async (from) => board.proof(from, size),
    ...more,
  }
}

async function counted(outcome: string): Promise<number> {
  const pattern = new RegExp(`^cista_witness_answers_total\\{[^}]*outcome="${outcome}"\\} (\\d+)`, 'gm')
  return [...(await metrics.text()).matchAll(pattern)].reduce((sum, [, n]) => sum + Number(n), 0)
}

describe('honest witnesses', () => {
  it('cosign a board as it grows, each line in the order of the manifest', async () => {
    const witnesses = client(honest)
    const board = newBoard()
    const policy = head(board.grow(1), honest, 3).policy
    for (const size of [1, 2, 9, 300]) {
      const outcome = await witnesses.cosign(head(board.grow(size), honest, 3))
      if (outcome.kind !== 'cosigned') throw new Error(outcome.kind)
      const { checkpoint, cosignatures } = openCheckpoint(outcome.note, policy)
      expect(checkpoint.size).toBe(size)
      expect(cosignatures.map(({ name }) => name)).toEqual(honest.map(({ vkey }) => vkey.split('+')[0]))
    }
    expect(await counted('cosigned')).toBe(12)
    expect(logged).toBe('')
    const text = await metrics.text()
    expect(text).toMatch(/^cista_witness_silence_seconds\{witness="witness.example\/1"\} \d/m)
    expect(text).toMatch(/^cista_witness_clock_ahead_seconds\{witness="witness.example\/3"\} -?[01]/m)
  })

  it('cosign the same head again, later', async () => {
    const witnesses = client(honest)
    const board = newBoard().grow(5)
    const timesOf = async (more: Partial<HeadToWitness>) => {
      const asked = head(board, honest, 2, more)
      const outcome = await witnesses.cosign(asked)
      return outcome.kind === 'cosigned'
        ? openCheckpoint(outcome.note, asked.policy).cosignatures.map(({ time }) => time)
        : outcome
    }
    const first = await timesOf({})
    if (!Array.isArray(first)) throw new Error('not cosigned')
    const notBefore = Math.max(...first) + 2
    // Of cosignatures made too early none is taken.
    expect(await timesOf({ notBefore })).toEqual({ kind: 'too-few', have: 0, need: 2 })
    expect(await counted('early')).toBeGreaterThanOrEqual(2)
    await new Promise((resolve) => setTimeout(resolve, notBefore * 1000 - Date.now()))
    const second = await timesOf({ notBefore })
    expect(second).toSatisfy((times: number[]) => times.length >= 2 && times.every((t) => t >= notBefore))
  })

  it('are asked from what they have, after a restart of either side', async () => {
    const board = newBoard()
    await client(honest).cosign(head(board.grow(4), honest, 3))
    // A server that remembers nothing starts from nothing, and learns.
    expect(await client(honest).cosign(head(board.grow(7), honest, 3))).toMatchObject({ kind: 'cosigned' })
    const witnesses = client(honest)
    expect(await witnesses.cosign(head(board.grow(9), honest, 3))).toMatchObject({ kind: 'cosigned' })
    expect(await honest[0]!.end('SIGKILL')).toBe(null)
    expect(await witnesses.cosign(head(board.grow(12), honest, 3))).toEqual({
      kind: 'too-few',
      have: 2,
      need: 3,
    })
    expect(await counted('failed')).toBe(1)
    await honest[0]!.start()
    const again = client(honest)
    expect(await again.cosign(head(board.grow(13), honest, 3))).toMatchObject({ kind: 'cosigned' })
    // Another server may have asked meanwhile.
    expect(await again.cosign(head(board.grow(14), honest, 3))).toMatchObject({ kind: 'cosigned' })
    expect(await client(honest).cosign(head(board.grow(20), honest, 3))).toMatchObject({ kind: 'cosigned' })
    expect(await again.cosign(head(board.grow(21), honest, 3))).toMatchObject({ kind: 'cosigned' })
    expect(logged).not.toContain('"level":50')
  })

  it('are enough when they are the quorum', async () => {
    const witnesses = client(honest.slice(0, 2))
    expect(witnesses.known).toEqual(new Set(honest.slice(0, 2).map(({ vkey }) => vkey)))
    const board = newBoard().grow(3)
    expect(await witnesses.cosign(head(board, honest, 2))).toMatchObject({ kind: 'cosigned' })
    expect(await witnesses.cosign(head(board, honest, 3))).toEqual({ kind: 'too-few', have: 2, need: 3 })
    expect(await client([]).cosign(head(board, [], 0))).toEqual({ kind: 'cosigned', note: board.note() })
  })

  it('convict a board that shows another history', async () => {
    const board = newBoard()
    const witnesses = client(honest)
    await witnesses.cosign(head(board.grow(8), honest, 3))
    const fork = new TestBoard(board.origin, 'another')
    // The same size, a smaller one, a larger one; by a server that remembers, and by one that does not.
    for (const [size, known] of [
      [8, 8],
      [6, 8],
      [11, 8],
    ] as const)
      for (const asking of [witnesses, client(honest)]) {
        const outcome = await asking.cosign(head(fork.grow(size), honest, 2))
        expect(outcome).toEqual({
          kind: 'conflict',
          witness: expect.stringContaining('witness.example/'),
          size: known,
        })
        fork.leaves.length = 0
      }
    expect(await counted('conflict')).toBe(18)
    expect(logged).toContain('a tree which this board does not continue')
    expect(await witnesses.cosign(head(board.grow(9), honest, 3))).toMatchObject({ kind: 'cosigned' })
  })

  it('that do not know the election say so, which is no conflict', async () => {
    const board = new TestBoard('board.example/unknown').grow(3)
    expect(await client(honest).cosign(head(board, honest, 2))).toEqual({ kind: 'too-few', have: 0, need: 2 })
    expect(await counted('refused')).toBe(3)
    expect(logged).toContain('not an election that is witnessed here')
  })

  it('are not asked about what contradicts itself', async () => {
    const board = newBoard().grow(3)
    const witnesses = client(honest)
    await expect(witnesses.cosign(head(board, honest, 2, { size: 4 }))).rejects.toThrow(
      'a note of 3 entries for 4',
    )
    const foreign = new TestBoard('board.example/x').grow(3).note()
    await expect(witnesses.cosign(head(board, honest, 2, { note: foreign }))).rejects.toThrow(
      'not the origin',
    )
  })

  it('may miss a head whose proof cannot be made', async () => {
    const board = newBoard()
    const witnesses = client(honest)
    await witnesses.cosign(head(board.grow(2), honest, 3))
    const prove = () => Promise.reject(new Error('the database is gone'))
    expect(await witnesses.cosign(head(board.grow(3), honest, 2, { prove }))).toMatchObject({
      kind: 'too-few',
    })
    expect(logged).toContain('the database is gone')
    expect(await witnesses.cosign(head(board, honest, 3))).toMatchObject({ kind: 'cosigned' })
  })
})

describe('a witness that lies', () => {
  const seed = sha256(utf8('a lying witness'))
  const vkey = witnessKey(seed, 'witness.example/liar')
  const servers: Server[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.close()
      server.closeAllConnections()
    }
  })

  type Lie = (body: string, response: ServerResponse, request: IncomingMessage) => void
  async function liar(lie: Lie): Promise<{ vkey: string; url: string }> {
    const server = createServer((request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => lie(Buffer.concat(parts).toString('utf8'), response, request))
    })
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return { vkey, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/prefix/` }
  }
  const says =
    (text: (note: string) => string, status = 200, type = 'text/plain'): Lie =>
    (body, response) => {
      response.writeHead(status, { 'content-type': type }).end(text(parseAddCheckpoint(body).note))
    }
  const line = (note: string, time: number) => cosignatureLine(note, seed, 'witness.example/liar', time)
  const now = () => Math.floor(Date.now() / 1000)

  it('would be believed if it did not', async () => {
    const witness = await liar((body, response, request) => {
      expect(request.url).toBe('/prefix/add-checkpoint')
      const { note } = parseAddCheckpoint(body)
      // Lines of keys that nobody has asked for are no lie: a witness may have several.
      const other = cosignatureLine(note, sha256(seed), 'witness.example/liar', now())
      response.writeHead(200).end(other + line(note, now()))
    })
    const outcome = await client([witness]).cosign(head(newBoard().grow(3), [witness], 1))
    expect(outcome).toMatchObject({ kind: 'cosigned' })
    expect(logged).toBe('')
  })

  it.each<[string, Lie]>([
    ['nothing', says(() => '')],
    ['rubbish', says(() => 'yes\n')],
    ['bytes that are no text', (_, response) => void response.writeHead(200).end(Uint8Array.of(0xff, 0xfe))],
    [
      'the line of another key',
      says((note) => cosignatureLine(note, sha256(seed), 'witness.example/liar', now())),
    ],
    ['the line of another witness', says((note) => cosignatureLine(note, seed, 'witness.example/1', now()))],
    ['a line for another tree', says(() => line(new TestBoard('board.example/x').grow(3).note(), now()))],
    ['its line twice', says((note) => line(note, now()) + line(note, now()))],
    ['a line with another time', says((note) => line(note, now()).replace(/ (\S{6})\S{9}/, ' $1AAAAAAAAA'))],
    ['a line without a newline', says((note) => line(note, now()).trimEnd())],
    ['the whole note', says((note) => note + line(note, now()))],
    ['another note', says((note) => `\n\nx\n\n${cosign(note, seed, 'witness.example/liar', now())}`)],
    ['a megabyte', says((note) => line(note, now()) + 'x'.repeat(2 ** 20))],
    ['409 without a size', says(() => '', 409, 'text/x.tlog.size')],
    ['409 with words', says(() => 'twelve\n', 409, 'text/x.tlog.size')],
    ['409 of another type', says(() => '12\n', 409)],
    ['409 with the size that it was told', says(() => '0\n', 409, 'text/x.tlog.size')],
    [
      'an endless answer',
      (_, response) => {
        response.writeHead(200)
        const drip = setInterval(() => response.write('x'.repeat(1_000)), 1)
        response.on('close', () => clearInterval(drip))
      },
    ],
  ])('%s: raises an alarm, and does not count', async (_name, lie) => {
    const witness = await liar(lie)
    const all = [honest[0]!, witness, honest[1]!]
    const board = newBoard().grow(3)
    const witnesses = client(all)
    expect(await witnesses.cosign(head(board, all, 3))).toEqual({ kind: 'too-few', have: 2, need: 3 })
    expect(await counted('lied')).toBe(1)
    expect(logged).toMatch(/"level":50.*"witness":"witness.example\/liar"/)
    // The others are enough without it.
    expect(await witnesses.cosign(head(board, all, 2))).toMatchObject({ kind: 'cosigned' })
  })

  it.each<[string, Lie]>([
    ['refuses', says(() => 'no', 403)],
    ['breaks', says(() => 'oops', 500)],
    ['sends elsewhere', (_, response) => void response.writeHead(307, { location: honest[2]!.url }).end()],
    ['hangs up', (_, response) => void response.destroy()],
    [
      'asks for a smaller size again and again',
      (body, response) => {
        const { old } = parseAddCheckpoint(body)
        response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end(`${old === 1 ? 2 : 1}\n`)
      },
    ],
  ])('%s: does not count', async (_name, lie) => {
    const witness = await liar(lie)
    const witnesses = client([witness, honest[0]!])
    const asked = head(newBoard().grow(5), [witness, honest[0]!], 2)
    expect(await witnesses.cosign(asked)).toEqual({ kind: 'too-few', have: 1, need: 2 })
    expect(logged).not.toContain('"level":50')
  })

  it('about the time is not taken where time counts', async () => {
    const witness = await liar(says((note) => line(note, 1_700_000_000)))
    const board = newBoard().grow(3)
    expect(await client([witness]).cosign(head(board, [witness], 1, { notBefore: 1_700_000_001 }))).toEqual({
      kind: 'too-few',
      have: 0,
      need: 1,
    })
    expect(logged).toContain('cosigned too early')
    expect(
      await client([witness]).cosign(head(board, [witness], 1, { notBefore: 1_700_000_000 })),
    ).toMatchObject({
      kind: 'cosigned',
    })
  })

  it('about a larger tree halts nobody where the others are enough', async () => {
    const witness = await liar(says(() => '1000\n', 409, 'text/x.tlog.size'))
    const all = [witness, ...honest.slice(0, 2)]
    const board = newBoard().grow(3)
    expect(await client(all).cosign(head(board, all, 3))).toEqual({
      kind: 'conflict',
      witness: 'witness.example/liar',
      size: 1000,
    })
    expect(await client(all).cosign(head(board, all, 2))).toMatchObject({ kind: 'cosigned' })
    expect(logged).toContain('"known":1000')
  })

  it('by silence is waited for only as long as it may take', async () => {
    const witness = await liar(() => undefined)
    const all = [witness, ...honest.slice(0, 2)]
    const board = newBoard().grow(3)
    const started = performance.now()
    expect(await client(all, 60_000).cosign(head(board, all, 2))).toMatchObject({ kind: 'cosigned' })
    expect(performance.now() - started).toBeLessThan(30_000)
    expect(await client(all, 1_000).cosign(head(board, all, 3))).toEqual({
      kind: 'too-few',
      have: 2,
      need: 3,
    })
    expect(await counted('timeout')).toBe(1)
    // Nobody waits for what a newer head has made old.
    const witnesses = client(all, 60_000)
    await witnesses.cosign(head(board.grow(4), all, 2))
    const late = witnesses.cosign(head(board, all, 3))
    await new Promise((resolve) => setTimeout(resolve, 300))
    await witnesses.cosign(head(board.grow(5), all, 2))
    expect(await late).toEqual({ kind: 'too-few', have: 2, need: 3 })
    expect(await counted('superseded')).toBe(2)
  })
})
