import { MemoryRecord, type RecordSource, hashTiles, rootOf, sha256, tilePath, u32 } from '@cista/board'
import { describe, expect, it } from 'vitest'
import { TileTree } from '../src/tileTree.js'

const leaves = Array.from({ length: 66_000 }, (_, i) => sha256(u32(i)))
const head = (size: number) => ({ origin: 'board.example', size, root: rootOf(leaves.slice(0, size)) })

/** The hash tiles of a board with these leaves, and what was asked for. */
function board(size: number, of = leaves) {
  const files = hashTiles(of.slice(0, size)).map(
    ({ level, index, hashes }) => [tilePath(level, index, hashes.length / 32), hashes] as const,
  )
  const record = new MemoryRecord(files)
  const asked: string[] = []
  const source: RecordSource = {
    read: (path) => {
      asked.push(path)
      return record.read(path)
    },
  }
  return { record, source, asked }
}
const grown = async (size: number, from = TileTree.empty) =>
  (await from.grown(board(size).source, head(size))).value!
const found = async (tree: TileTree, source: RecordSource, size: number) => {
  const { value, findings } = await tree.grown(source, head(size))
  expect(value).toBeUndefined()
  return findings.map(({ code, at }) => `${code} at ${at}`)
}

describe('a tree of verified tiles', () => {
  it('is at any size the tree of the board, however it grew', async () => {
    let tree = TileTree.empty
    for (const size of [1, 2, 255, 256, 257, 512, 600, 65_535, 65_536, 65_537, 66_000]) {
      tree = await grown(size, tree)
      expect(tree.size).toBe(size)
      expect(tree.leaf(size - 1)).toEqual(leaves[size - 1])
    }
    for (const size of [0, 1, 3, 256, 300, 511, 512, 60_000, 65_536, 65_793, 66_000])
      expect(tree.rootAt(size)).toEqual(head(size).root)
    for (const index of [0, 255, 256, 65_535, 65_536]) expect(tree.leaf(index)).toEqual(leaves[index])
    expect(() => tree.rootAt(66_001)).toThrow(RangeError)
  })

  it('continues its own heads and no others', async () => {
    const tree = await grown(300)
    expect(tree.continues(head(257))).toBe(true)
    expect(tree.continues({ size: 257, root: head(256).root })).toBe(false)
    expect(tree.continues({ size: 0, root: rootOf([]) })).toBe(true)
    expect(TileTree.empty.continues({ size: 0, root: rootOf([]) })).toBe(true)
  })

  it('asks only for tiles that are new or wider', async () => {
    const first = board(300)
    const start = await TileTree.empty.grown(first.source, head(300))
    expect(first.asked).toEqual(['tile/0/000', 'tile/0/001.p/44', 'tile/1/000.p/1'])
    expect(start.looked).toBe(3)
    const wider = board(400)
    const more = await start.value!.grown(wider.source, head(400))
    expect(wider.asked).toEqual(['tile/0/001.p/144'])
    expect(more.looked).toBe(1)
    const next = board(513)
    await more.value!.grown(next.source, head(513))
    expect(next.asked).toEqual(['tile/0/001', 'tile/0/002.p/1', 'tile/1/000.p/2'])
  })

  it('stays as it is when the board does not lead on from it', async () => {
    const tree = await grown(300)
    const { record } = board(400)
    record.delete('tile/0/001.p/144')
    expect(await found(tree, record, 400)).toEqual(['BOARD_FILE at tile/0/001.p/144'])
    expect(tree.size).toBe(300)
    expect(tree.rootAt(300)).toEqual(head(300).root)
    expect((await grown(400, tree)).rootAt(400)).toEqual(head(400).root)
  })

  it('finds tiles that are missing or of another length, at each level', async () => {
    for (const path of ['tile/0/000', 'tile/0/001.p/44', 'tile/1/000.p/1']) {
      const { record } = board(300)
      const bytes = (await record.read(path))!
      for (const wrong of [bytes.slice(32), new Uint8Array([...bytes, 0])]) {
        await record.write(path, wrong)
        expect(await found(TileTree.empty, record, 300)).toEqual([`BOARD_FILE at ${path}`])
      }
      record.delete(path)
      expect(await found(TileTree.empty, record, 300)).toEqual([`BOARD_FILE at ${path}`])
    }
  })

  it('finds other hashes: by the root where they are new, by themselves where they were known or follow', async () => {
    const tree = await grown(300)
    const at = async (path: string, byte: number, size = 400) => {
      const { record } = board(size)
      const bytes = (await record.read(path))!
      bytes[byte]! ^= 1
      await record.write(path, bytes)
      return found(tree, record, size)
    }
    expect(await at('tile/0/001.p/144', 32 * 44)).toEqual(['BOARD_ROOT at checkpoint'])
    expect(await at('tile/0/001.p/144', 32 * 44 - 1)).toEqual(['BOARD_TILE at tile/0/001.p/144'])
    expect(await at('tile/1/000.p/2', 0, 600)).toEqual(['BOARD_TILE at tile/1/000.p/2'])
    expect(await at('tile/1/000.p/2', 63, 600)).toEqual(['BOARD_TILE at tile/1/000.p/2'])
  })

  it('finds a board whose hashes have another root', async () => {
    const { source } = board(300, [...leaves.slice(0, 299), leaves[0]!])
    expect(await found(TileTree.empty, source, 300)).toEqual(['BOARD_ROOT at checkpoint'])
  })

  it('asks for few tiles of a board that claims many', async () => {
    const asked: string[] = []
    const boasting: RecordSource = {
      async read(path) {
        asked.push(path)
        return undefined
      },
    }
    const { findings, value } = await TileTree.empty.grown(boasting, { ...head(1), size: 2 ** 40 })
    expect(value).toBeUndefined()
    expect(asked.length).toBe(8)
    expect(findings.length).toBe(8)
  })
})
