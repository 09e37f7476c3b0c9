import { MemoryRecord, type RecordSource, hashTiles, rootOf, sha256, tilePath, u32 } from '@cista/board'
import { Simulation } from '@cista/testkit'
import { expect, it } from 'vitest'
import { Unreachable, judgeContinuation } from '../src/index.js'
import { forkOf, no, noteOf, openedOf, yes } from './support.js'

const s = new Simulation().setUp().cast(0, yes)
const before = openedOf(s.definition, s.checkpoint())
s.cast(1, no).cast(2, yes)
const record = await s.record()
const now = openedOf(s.definition, s.checkpoint())
const tile = `tile/0/000.p/${now.size}`
const nothing = { origin: s.definition.origin, size: 0, root: rootOf([]) }

it('is of every beginning of the board, of none too', async () => {
  for (const from of [nothing, before, now])
    expect(await judgeContinuation(record, from, now)).toEqual({ kind: 'continues' })
})

it('is proved from a few tiles, whatever the others are', async () => {
  const leaves = Array.from({ length: 600 }, (_, i) => sha256(u32(i)))
  const head = (size: number) => ({ ...nothing, size, root: rootOf(leaves.slice(0, size)) })
  const files = new MemoryRecord(
    hashTiles(leaves).map(({ level, index, hashes }) => [tilePath(level, index, hashes.length / 32), hashes]),
  )
  files.delete('tile/0/000')
  const asked: string[] = []
  const source: RecordSource = {
    read: (path) => {
      asked.push(path)
      return files.read(path)
    },
  }
  expect(await judgeContinuation(source, head(513), head(600))).toEqual({ kind: 'continues' })
  expect(asked.toSorted()).toEqual(['tile/0/002.p/88', 'tile/1/000.p/2'])
})

it('is of no other beginning', async () => {
  const fork = await forkOf(s, s.size - 3)
  const other = openedOf(s.definition, await noteOf(fork))
  for (const from of [before, { ...nothing, root: before.root }, { ...before, root: now.root }])
    expect(await judgeContinuation(fork, from, other)).toEqual({ kind: 'forked' })
})

it('is not known where the files do not prove the later checkpoint', async () => {
  const files = record.copy()
  files.delete(tile)
  expect(await judgeContinuation(files, before, now)).toEqual({
    kind: 'unproven',
    findings: [{ code: 'BOARD_FILE', at: tile, why: 'missing' }],
  })
  await files.write(tile, new Uint8Array(32 * now.size))
  expect(await judgeContinuation(files, before, now)).toMatchObject({
    kind: 'unproven',
    findings: [{ code: 'BOARD_ROOT' }],
  })
})

it('is not judged by files that cannot be read, though they can be the next time', async () => {
  let reads = 0
  const failing: RecordSource = {
    read: (path) => (reads++ === 0 ? Promise.reject(new Unreachable('no route')) : record.read(path)),
  }
  await expect(judgeContinuation(failing, before, now)).rejects.toThrow('no route')
})
