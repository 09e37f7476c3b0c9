import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  BoardEnd,
  type Draft,
  type Frontier,
  type Tile,
  decodeEntry,
  emptyFrontier,
  extend,
  frontierRoot,
  genesisHash,
  hashTiles,
  leafHash,
  nodeHash,
  rootOf,
  tilesOf,
  toHex,
} from '@cista/board'

const origin = 'vote.example/2026'
const electionId = 'ab'.repeat(32)
const start = emptyFrontier(origin, electionId)
const drafts = (count: number): Draft[] =>
  Array.from({ length: count }, (_, i) => ({
    kind: 'ballot',
    payload: i.toString(16).padStart(64, '0'),
    size: i,
    signatures: [{ by: 'credential', proof: 'AAAA' }],
  }))
const time = '2026-11-23T09:00:00Z'

interface Board {
  frontier: Frontier
  leaves: Uint8Array[]
  tiles: Map<string, Tile>
}
function grow(all: readonly Draft[], cuts: readonly number[]): Board {
  const board: Board = { frontier: start, leaves: [], tiles: new Map() }
  let from = 0
  for (const to of [...cuts, all.length]) {
    const { frontier, entries, tiles } = extend(board.frontier, all.slice(from, to), time)
    board.frontier = frontier
    board.leaves.push(...entries.map(({ leaf }) => leaf))
    for (const tile of tiles) board.tiles.set(`${tile.level}/${tile.index}`, tile)
    from = to
  }
  return board
}

it('gives the same leaves, tiles and root for any split into batches', () => {
  const all = drafts(600)
  const whole = extend(start, all, time)
  fc.assert(
    fc.property(fc.nat(600), fc.array(fc.nat(600), { maxLength: 6 }), (size, places) => {
      const board = grow(
        all.slice(0, size),
        places.filter((p) => p <= size).sort((a, b) => a - b),
      )
      const leaves = whole.entries.slice(0, size).map(({ leaf }) => leaf)
      expect(board.leaves).toEqual(leaves)
      expect(frontierRoot(board.frontier)).toEqual(rootOf(leaves))
      expect([...board.tiles.values()].sort((a, b) => a.level - b.level || a.index - b.index)).toEqual(
        hashTiles(leaves),
      )
    }),
    {
      seed: 5,
      numRuns: 40,
      examples: [
        [256, [255]],
        [256, [256]],
        [257, [256]],
        [513, [1, 256, 512]],
        [0, []],
      ],
    },
  )
})

it('chains its entries from the genesis hash', () => {
  const { entries, frontier } = extend(start, drafts(3), time)
  let previous = genesisHash(origin, electionId)
  entries.forEach(({ entry, bytes, leaf }, index) => {
    expect(entry).toMatchObject({ index, batchTime: time, previous: toHex(previous) })
    expect(decodeEntry(bytes, 'entry')).toEqual(entry)
    expect(leaf).toEqual(leafHash(bytes))
    previous = leaf
  })
  expect(frontier.lastLeaf).toEqual(previous)
})

it('touches no tile but those that grow', () => {
  const { frontier } = extend(start, drafts(300), time)
  expect(extend(frontier, [], time)).toEqual({ frontier, entries: [], tiles: [] })
  expect(extend(frontier, drafts(1), time).tiles.map(({ level, index }) => [level, index])).toEqual([[0, 1]])
  const across = extend(frontier, drafts(300), time).tiles.map(({ level, index }) => [level, index])
  expect(across).toEqual([
    [0, 1],
    [0, 2],
    [1, 0],
  ])
})

it('tells its size, its root and each change of a tile once, entry by entry', () => {
  const all = drafts(520)
  const { entries } = extend(start, all, time)
  const leaves = entries.map(({ leaf }) => leaf)
  const end = new BoardEnd(start)
  expect([end.size, toHex(end.root())]).toEqual([0, toHex(rootOf([]))])
  all.forEach((draft, i) => {
    expect(end.append(draft, time)).toEqual(entries[i])
    if (i % 130 !== 129) return
    expect([end.size, toHex(end.root())]).toEqual([i + 1, toHex(rootOf(leaves.slice(0, i + 1)))])
    const before = hashTiles(leaves.slice(0, i - 129)).map((tile) => JSON.stringify(tile))
    const now = hashTiles(leaves.slice(0, i + 1))
    expect(end.takeTiles()).toEqual(now.filter((tile) => !before.includes(JSON.stringify(tile))))
    expect(end.takeTiles()).toEqual([])
  })
})

/** The frontier of a board over equal leaf hashes, without making 65,537 entries. */
function frontierOver(size: number, leaf: Uint8Array): Frontier {
  const levels: Uint8Array[] = []
  let hash = leaf
  for (let count = size; count > 0; count = Math.floor(count / 256)) {
    levels.push(Uint8Array.from({ length: 32 * (count % 256) }, (_, i) => hash[i % 32]!))
    hash = rootOf(Array.from({ length: 256 }, () => hash))
  }
  return { size, lastLeaf: leaf, levels }
}

describe('frontierRoot', () => {
  const leaf = genesisHash('x', 'y')
  /** Root of `size` equal leaves, by the recursion of RFC 6962. */
  const root = (size: number): Uint8Array => {
    if (size === 1) return leaf
    let [k, left] = [1, leaf]
    while (k * 2 < size) [k, left] = [k * 2, nodeHash(left, left)]
    return nodeHash(left, k * 2 === size ? left : root(size - k))
  }
  it.each([
    1,
    2,
    255,
    256,
    257,
    511,
    512,
    513,
    65_279,
    65_280,
    65_535,
    65_536,
    65_537,
    65_791,
    65_792,
    65_793,
    70_000,
    131_073,
    16_777_215,
    16_777_216,
    16_777_217,
    16_842_753,
    2 ** 33 + 257,
  ])('is the root of RFC 6962 for %i entries', (size) => {
    expect(frontierRoot(frontierOver(size, leaf))).toEqual(root(size))
  })

  it.each([254, 65_279, 65_534, 65_535, 65_536])('stays so when %i entries grow by three', (size) => {
    const before = frontierOver(size, leaf)
    const { frontier, entries, tiles } = extend(before, drafts(3), time)
    const leaves = [...Array.from({ length: size }, () => leaf), ...entries.map((e) => e.leaf)]
    expect(frontierRoot(frontier)).toEqual(rootOf(leaves))
    const now = new Map(hashTiles(leaves).map((tile) => [`${tile.level}/${tile.index}`, tile]))
    for (const tile of tiles) expect(tile).toEqual(now.get(`${tile.level}/${tile.index}`))
    const widths = new Map(tilesOf(size).map(({ level, index, width }) => [`${level}/${index}`, width]))
    const grown = [...now]
      .filter(([key, { hashes }]) => hashes.length / 32 !== widths.get(key))
      .map(([key]) => key)
    expect(tiles.map(({ level, index }) => `${level}/${index}`)).toEqual(grown)
  })

  it('refuses a frontier that does not fit its size', () => {
    const frontier = frontierOver(257, leaf)
    expect(() => frontierRoot({ ...frontier, size: 258 })).toThrow(RangeError)
    expect(() => frontierRoot({ ...frontier, levels: frontier.levels.slice(0, 1) })).toThrow(RangeError)
    expect(() => extend({ ...frontier, size: 0 }, [], time)).toThrow(RangeError)
  })
})
