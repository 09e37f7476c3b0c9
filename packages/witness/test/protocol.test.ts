import { createHash } from 'node:crypto'
import { addSignatureLines, formatAddCheckpoint, openCheckpoint, parseNote, rootOf } from '@cista/board'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestBoard, withStranger } from './board.js'
import { TestWitness, buildCommand } from './running.js'

let witness: TestWitness
let boards = 0
const names = Array.from({ length: 40 }, (_, i) => `board.example/${i}`)
/** A board that the witness has never heard of but has in its list. */
const newBoard = () => new TestBoard(names[boards++]!)

beforeAll(async () => {
  await buildCommand()
  witness = await TestWitness.create(
    'witness.example/a',
    names.map((name) => new TestBoard(name).key),
  )
  await witness.start()
})
afterAll(() => witness.remove())

/** Posts what an honest board sends, and verifies what comes back. @returns the cosignature's time. */
async function grow(board: TestBoard, old: number, to: number): Promise<number> {
  const { status, text } = await witness.post(board.grow(to).request(old))
  expect({ status, text }).toMatchObject({ status: 200 })
  const policy = { board: board.key, witnesses: [witness.vkey], quorum: 1 }
  const { checkpoint, cosignatures } = openCheckpoint(addSignatureLines(board.note(), text), policy)
  expect(checkpoint).toEqual({ origin: board.origin, size: to, root: board.root() })
  expect(cosignatures).toHaveLength(1)
  return cosignatures[0]!.time
}

describe('a board that grows', () => {
  it('is cosigned, size after size', async () => {
    const board = newBoard()
    for (const [old, to] of [
      [0, 1],
      [1, 2],
      [2, 7],
      [7, 8],
      [8, 300],
      [300, 301],
    ] as const)
      await grow(board, old, to)
  })

  it('is cosigned at any first size, and while it is empty', async () => {
    await grow(newBoard(), 0, 123)
    const empty = newBoard()
    await grow(empty, 0, 0)
    await grow(empty, 0, 0)
    await grow(empty, 0, 5)
  })

  it('is cosigned again at the same size, with another time', async () => {
    const board = newBoard()
    const before = Math.floor(Date.now() / 1000)
    const first = await grow(board, 0, 9)
    expect(first).toBeGreaterThanOrEqual(before)
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    const second = await grow(board, 9, 9)
    expect(second).toBeGreaterThan(first)
    expect(second).toBeLessThanOrEqual(Date.now() / 1000)
  })

  it('may send lines of others, which are neither looked at nor kept', async () => {
    const board = newBoard().grow(4)
    const note = withStranger(board.note())
    expect((await witness.post(formatAddCheckpoint({ old: 0, proof: [], note }))).status).toBe(200)
    const hash = createHash('sha256').update(board.origin).digest('hex')
    const kept = await witness.get(`/${hash}/checkpoint`)
    expect(kept).toMatchObject({ status: 200 })
    const policy = { board: board.key, witnesses: [witness.vkey], quorum: 1 }
    expect(openCheckpoint(kept.text, policy).checkpoint.size).toBe(4)
    expect(await witness.state(hash)).toBe(kept.text)
  })
})

describe('refuses', () => {
  it('an old size that is not its own: 409, with its own', async () => {
    const board = newBoard()
    expect(await witness.post(board.grow(9).request(3))).toEqual({
      status: 409,
      type: 'text/x.tlog.size',
      text: '0\n',
    })
    await grow(board, 0, 9)
    for (const old of [0, 5])
      expect(await witness.post(board.grow(12).request(old))).toEqual({
        status: 409,
        type: 'text/x.tlog.size',
        text: '9\n',
      })
  })

  it('what it has cosigned before, sent again later', async () => {
    const board = newBoard()
    const old = board.grow(5).request(0)
    await grow(board, 0, 5)
    await grow(board, 5, 8)
    expect(await witness.post(old)).toMatchObject({ status: 409, text: '8\n' })
    // A smaller tree is no growth, whatever old size is claimed.
    expect(await witness.post(formatAddCheckpoint({ old: 8, proof: [], note: board.note(5) }))).toMatchObject(
      {
        status: 400,
      },
    )
    expect(await witness.post(formatAddCheckpoint({ old: 5, proof: [], note: board.note(5) }))).toMatchObject(
      {
        status: 409,
        text: '8\n',
      },
    )
  })

  it('a fork, of the same size and of a larger one: 422', async () => {
    const board = newBoard()
    await grow(board, 0, 6)
    const fork = new TestBoard(board.origin, 'another').grow(6)
    const same = await witness.post(formatAddCheckpoint({ old: 6, proof: [], note: fork.note() }))
    expect(same).toMatchObject({ status: 422, text: 'another root of this size is cosigned\n' })
    // The two notes convict the board, so that the operator is shown both.
    await witness.says(`ALARM: "${board.origin}" has signed two trees of one size`)
    expect(witness.said).toContain(JSON.stringify(fork.note()))
    expect(witness.said).toContain(JSON.stringify(board.note()).slice(0, -1))
    expect(await witness.post(fork.grow(9).request(6))).toMatchObject({ status: 422 })
    await grow(board, 6, 9)
  })

  it.each([
    ['none', () => []],
    ['one of the past', (b: TestBoard) => b.proof(4, 7)],
    ['one hash too few', (b: TestBoard) => b.proof(6).slice(1)],
    ['one hash too many', (b: TestBoard) => [...b.proof(6), b.leaves[0]!]],
    ['one in another order', (b: TestBoard) => b.proof(6).toReversed()],
    ['63 hashes', (b: TestBoard) => Array.from({ length: 63 }, () => b.leaves[0]!)],
  ])('growth with a wrong proof, %s: 422', async (_name, proof) => {
    const board = newBoard()
    await grow(board, 0, 6)
    const note = board.grow(11).note()
    const answer = await witness.post(formatAddCheckpoint({ old: 6, proof: proof(board), note }))
    expect(answer).toMatchObject({ status: 422, text: 'the proof does not hold\n' })
    await grow(board, 6, 11)
  })

  it('a proof where there is nothing to prove: 422', async () => {
    const board = newBoard().grow(3)
    const proof = [board.leaves[0]!]
    expect(await witness.post(formatAddCheckpoint({ old: 0, proof, note: board.note() }))).toMatchObject({
      status: 422,
    })
    await grow(board, 0, 3)
    expect(await witness.post(formatAddCheckpoint({ old: 3, proof, note: board.note() }))).toMatchObject({
      status: 422,
    })
  })

  it('an empty tree with another root: 422', async () => {
    const board = newBoard()
    const note = board.noteOf(0, rootOf([board.grow(1).leaves[0]!]))
    expect(await witness.post(formatAddCheckpoint({ old: 0, proof: [], note }))).toMatchObject({
      status: 422,
    })
  })

  it('an election that it does not know: 404', async () => {
    const stranger = new TestBoard('stranger.example/1').grow(3)
    expect(await witness.post(stranger.request(0))).toMatchObject({ status: 404 })
  })

  it('what the board has not signed: 403', async () => {
    const board = newBoard().grow(3)
    const { body } = parseNote(board.note())
    const line = (note: string) => note.slice(parseNote(note).body.length + 1)
    const other = new TestBoard(board.origin).grow(4)
    const strangers = withStranger(board.note()).replace(line(board.note()), '')
    for (const note of [
      // The key of another board; a right name and key, but the signature of something else; nobody's but a stranger's.
      `${body}\n${line(new TestBoard('stranger.example/1').grow(3).note())}`,
      `${body}\n${line(other.note())}`,
      strangers,
    ])
      expect(await witness.post(formatAddCheckpoint({ old: 0, proof: [], note }))).toMatchObject({
        status: 403,
      })
    await grow(board, 0, 3)
  })

  it('what is not a request: 400', async () => {
    const board = newBoard().grow(5)
    const good = board.request(0)
    const bad = [
      '',
      'old 0',
      good.replace('old 0', 'old 00'),
      good.replace('old 0', 'new 0'),
      good.replaceAll('\n', '\r\n'),
      good.replace('old 0\n', `old 0\n${'x'.repeat(44)}\n`),
      good.slice(0, good.indexOf('—')),
      good.replace('\n5\n', '\n05\n'),
      good.replace('=\n\n', '=\nextension\n\n'),
      formatAddCheckpoint({ old: 6, proof: [], note: board.note() }),
      formatAddCheckpoint({
        old: 2,
        proof: Array.from({ length: 64 }, () => board.leaves[0]!),
        note: board.note(),
      }),
    ]
    for (const body of bad) expect({ body, ...(await witness.post(body)) }).toMatchObject({ status: 400 })
    const bytes = new TextEncoder().encode(good)
    expect((await witness.post(Uint8Array.of(...bytes, 0xff))).status).toBe(400)
    expect((await witness.post(Uint8Array.of(0xef, 0xbb, 0xbf, ...bytes))).status).toBe(400)
    await grow(board, 0, 5)
  })

  it('other addresses and methods', async () => {
    expect(await witness.get('/add-checkpoint')).toMatchObject({ status: 405 })
    expect(await witness.get('/')).toMatchObject({ status: 404 })
    expect(await witness.post('x', '/healthz')).toMatchObject({ status: 405 })
    expect(await witness.post('x', '/')).toMatchObject({ status: 404 })
    expect(await witness.get(`/${'0'.repeat(64)}/checkpoint`)).toMatchObject({ status: 404 })
    expect(await witness.get('/healthz')).toEqual({
      status: 200,
      type: 'text/plain; charset=utf-8',
      text: 'ok\n',
    })
  })
})

it('of many requests at once about one board, cosigns one history', async () => {
  const board = newBoard()
  const fork = new TestBoard(board.origin, 'another')
  await grow(board, 0, 4)
  // All start from the same size: whichever comes first, the others are too late.
  board.grow(20)
  fork.leaves.push(...board.leaves.slice(0, 4))
  fork.grow(20)
  const requests = Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? board : fork).request(4, 5 + i))
  const answers = await Promise.all(requests.map((request) => witness.post(request)))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(15)
  const known = new Set(answers.flatMap(({ status, text }) => (status === 409 ? [text] : [])))
  expect(known.size).toBe(1)
})
