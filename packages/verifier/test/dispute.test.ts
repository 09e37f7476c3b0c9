import {
  DecodeError,
  MemoryRecord,
  type RecordSource,
  checkpointPath,
  rootOf,
  sha256,
  signCheckpoint,
  utf8,
} from '@cista/board'
import { Simulation } from '@cista/testkit'
import { describe, expect, it } from 'vitest'
import { Unreachable, judgeDispute } from '../src/index.js'
import { forkOf, no, noteOf, receiptFileOf, yes } from './support.js'

const s = new Simulation({ manifest: { paper: true } }).setUp().cast(0, yes)
const file = await receiptFileOf(s)
const receiptNote = s.checkpoint()
const early = await s.record()
s.cast(1, no).cast(2, yes)
const now = await s.record()
const later = await new Simulation({ seed: 'later' }).record()
const { id, origin } = s.definition
const tracker = s.log.at(-3)!.entry.payload

const showing = (note: string | Uint8Array) =>
  new MemoryRecord([[checkpointPath, typeof note === 'string' ? utf8(note) : note]])
const broken = (error: Error): RecordSource => ({ read: () => Promise.reject(error) })

describe('a receipt', () => {
  it('whose ballot is on the board accuses nobody', async () => {
    const outcome = await judgeDispute(file, now, [], id)
    expect(outcome).toMatchObject({ kind: 'on-board', standing: 'counted' })
    expect('receipt' in outcome && outcome.receipt.entry.payload).toBe(tracker)
    // Also before anything has followed it.
    expect(await judgeDispute(file, early)).toMatchObject({ kind: 'on-board', standing: 'counted' })
  })

  it('tells what the count makes of its ballot', async () => {
    const later = new Simulation({ manifest: { paper: true } }).setUp().cast(0, yes)
    const own = await receiptFileOf(later)
    const standing = async () => {
      const outcome = await judgeDispute(own, await later.record())
      return 'standing' in outcome ? outcome.standing : outcome.kind
    }
    const none = { added: [], rekeyed: [], restyled: [], reweighted: [] }
    expect(await standing()).toBe('counted')
    // What others do with theirs says nothing of this one.
    later.cast(1, yes).cast(1, no)
    expect(await standing()).toBe('counted')
    later.post('cancelled', { credential: later.credential(0).key, reason: 'paper' })
    expect(await standing()).toBe('cancelled')
    const replaced = new Simulation().setUp().cast(0, yes)
    const first = await receiptFileOf(replaced)
    replaced.cast(0, no)
    expect(await judgeDispute(first, await replaced.record())).toMatchObject({ standing: 'superseded' })
    const gone = new Simulation().setUp().cast(0, yes)
    const void_ = await receiptFileOf(gone)
    gone.post('roll-changed', { ...none, reason: 'moved', removed: [gone.credential(0).key] })
    expect(await judgeDispute(void_, await gone.record())).toMatchObject({ standing: 'void' })
  })

  it('that is none accuses nobody, whatever the board shows', async () => {
    expect(await judgeDispute(utf8('{}'), new MemoryRecord())).toMatchObject({ kind: 'receipt-invalid' })
    expect(await judgeDispute(file, now, [], 'ab'.repeat(32))).toEqual({
      kind: 'receipt-invalid',
      at: 'election',
      why: expect.stringMatching(id),
    })
  })

  it('says nothing of a board that cannot be read', async () => {
    expect(await judgeDispute(file, broken(new Unreachable('no route')))).toEqual({
      kind: 'unreachable',
      why: 'no route',
    })
    expect(await judgeDispute(file, new MemoryRecord())).toMatchObject({ kind: 'unreachable' })
    await expect(judgeDispute(file, broken(new Error('a broken disk')))).rejects.toThrow('a broken disk')
    // Nor of one whose checkpoint can be read, and whose entries cannot.
    for (const folder of ['tile/0', 'tile/entries']) {
      const partly = (error: Error): RecordSource => ({
        read: (path) => (path.startsWith(folder) ? Promise.reject(error) : now.read(path)),
      })
      expect(await judgeDispute(file, partly(new Unreachable('no route')))).toEqual({
        kind: 'unreachable',
        why: 'no route',
      })
      await expect(judgeDispute(file, partly(new Error('a bad sector')))).rejects.toThrow('a bad sector')
    }
  })

  it('says of what another key has signed that it is not this board', async () => {
    for (const note of [
      new Simulation({ seed: 'other' }).checkpoint(),
      signCheckpoint({ origin, size: 1, root: rootOf([]) }, sha256(utf8('mine')), origin),
      'no note',
      Uint8Array.of(0xff),
    ])
      expect(await judgeDispute(file, showing(note))).toMatchObject({ kind: 'other-board' })
  })
})

describe('a receipt convicts', () => {
  it('a board without the ballot, of fewer entries or more', async () => {
    const at = s.size - 3
    for (const record of [await forkOf(s, at), await forkOf(s.cast(1, yes), at)])
      expect(await judgeDispute(file, record)).toMatchObject({
        kind: 'server-forked',
        evidence: {
          first: { name: 'the receipt', note: receiptNote },
          second: { name: 'the board now', note: await noteOf(record) },
        },
      })
  })

  it('a board of the same size without asking for any file of it', async () => {
    const fork = await forkOf(s, s.size - 4, s.size - 3, s.size - 2, s.size - 1)
    const size = Number((await noteOf(fork)).split('\n')[1])
    const other = signCheckpoint({ origin, size: size + 1, root: rootOf([]) }, s.keys.board, origin)
    expect(receiptNote.split('\n')[1]).toBe(String(size + 1))
    expect(await judgeDispute(file, showing(other))).toMatchObject({
      kind: 'server-forked',
      evidence: { second: { note: other } },
    })
  })

  it('a board whose files do not prove its own checkpoint', async () => {
    const tiles = now.copy()
    const path = tiles.paths().find((p) => p.startsWith('tile/0'))!
    await tiles.write(path, (await tiles.read(path))!.fill(7))
    expect(await judgeDispute(file, tiles)).toMatchObject({
      kind: 'server-inconsistent',
      theirs: await noteOf(now),
      findings: [{ code: 'BOARD_ROOT', at: 'checkpoint' }],
    })
    const payloads = now.copy()
    payloads.delete(payloads.paths().find((p) => p.startsWith('payloads'))!)
    expect(await judgeDispute(file, payloads)).toMatchObject({
      kind: 'server-inconsistent',
      theirs: await noteOf(now),
      findings: [{ at: expect.stringMatching(/^payloads/) }],
    })
  })

  it('nobody where a host of files takes away what it had, because it has something newer', async () => {
    const files = now.copy()
    const moving: RecordSource = {
      async read(path) {
        const bytes = await files.read(path)
        // From the first file on that is not the checkpoint, all is of the newer record.
        if (path === checkpointPath) return bytes
        await files.write(checkpointPath, utf8(await noteOf(later)))
        return undefined
      },
    }
    expect(await judgeDispute(file, moving)).toMatchObject({ kind: 'unreachable' })
    // Or has not yet put the newer one in its place.
    let reads = 0
    const gone: RecordSource = {
      read: async (path) => (path === checkpointPath && reads++ === 0 ? now.read(path) : undefined),
    }
    expect(await judgeDispute(file, gone)).toMatchObject({ kind: 'unreachable' })
  })

  it('nobody yet, where the board shows less and nothing else is known', async () => {
    const before = new Simulation({ seed: 'small' }).setUp()
    const old = await before.record()
    const own = await receiptFileOf(before.cast(0, yes))
    expect(await judgeDispute(own, old)).toMatchObject({ kind: 'server-behind', theirs: await noteOf(old) })
  })

  it('the board by the checkpoint that is compared, whatever it shows next', async () => {
    const fork = await forkOf(s, s.size - 4)
    let reads = 0
    const turning: RecordSource = {
      read: async (path) => (path === checkpointPath && reads++ > 0 ? fork : await s.record()).read(path),
    }
    expect(await judgeDispute(file, turning)).toMatchObject({ kind: 'on-board' })
  })
})

describe('what others have seen', () => {
  const fork = forkOf(s, s.size - 4)

  it('convicts the board by itself where sizes are the same', async () => {
    const [a, b] = ['Ada', 'Bo'].map((name) => ({ name, note: receiptNote }))
    expect(await judgeDispute(file, now, [a!, b!])).toMatchObject({ kind: 'on-board' })
    const other = signCheckpoint(
      { origin, size: Number(receiptNote.split('\n')[1]), root: rootOf([]) },
      s.keys.board,
      origin,
    )
    // Nobody needs to be asked.
    const asked = broken(new Error('asked'))
    expect(await judgeDispute(file, asked, [a!, { name: 'Cy', note: other }])).toMatchObject({
      kind: 'server-forked',
      evidence: {
        first: { name: 'the receipt', note: receiptNote },
        second: { name: 'Cy', note: other },
      },
    })
  })

  it('convicts the board where it does not continue what it has shown them', async () => {
    const theirs = { name: 'Ada', note: await noteOf(await fork) }
    const record = await s.cast(2, no).record()
    const outcome = await judgeDispute(file, record, [theirs])
    expect(outcome).toMatchObject({
      kind: 'server-forked',
      evidence: { first: theirs, second: { name: 'the board now', note: await noteOf(record) } },
    })
    expect('evidence' in outcome && Object.keys(outcome.evidence.first)).toEqual(['name', 'note'])
  })

  it('is nothing to compare where the board is behind it', async () => {
    const ahead = { name: 'Ada', note: s.cast(0, no).checkpoint() }
    expect(await judgeDispute(file, now, [ahead])).toMatchObject({ kind: 'on-board' })
  })

  it('may be the empty board, which everything continues', async () => {
    const empty = (root: Uint8Array) => ({
      name: 'Ada',
      note: signCheckpoint({ origin, size: 0, root }, s.keys.board, origin),
    })
    expect(await judgeDispute(file, now, [empty(rootOf([]))])).toMatchObject({ kind: 'on-board' })
    const wrong = empty(sha256(utf8('not nothing')))
    expect(await judgeDispute(file, now, [wrong])).toMatchObject({
      kind: 'server-forked',
      evidence: { first: wrong },
    })
  })

  it('must be checkpoints of this board', async () => {
    const wrong = { name: 'a poem', note: 'a poem' }
    await expect(judgeDispute(file, now, [wrong])).rejects.toEqual(
      expect.toSatisfy((e: unknown) => e instanceof DecodeError && e.path === 'a poem'),
    )
  })
})
