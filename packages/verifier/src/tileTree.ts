// Specification: 10 Following a board
import {
  type Checkpoint,
  type RecordSource,
  type TreeHead,
  concat,
  decodeTile,
  equalBytes,
  frontierRoot,
  rootOf,
  tilePath,
  tileWidth,
  widthOf,
} from '@cista/board'
import type { FindingCode } from './checklist.js'
import { type Finding, type Verdict, verdict } from './findings.js'

/** Files asked for at once. */
const requests = 8
const nothing = new Uint8Array()

/** The hash tiles of a board under a checkpoint, all verified: 32 bytes per entry, and a little more. */
export class TileTree {
  readonly size: number
  /** By `level/index`, the tile as wide as it is. */
  readonly #tiles: ReadonlyMap<string, Uint8Array>

  private constructor(size: number, tiles: ReadonlyMap<string, Uint8Array>) {
    this.size = size
    this.#tiles = tiles
  }

  static readonly empty = new TileTree(0, new Map())

  /** Leaf hash of entry `index`, which is below `size`. */
  leaf(index: number): Uint8Array {
    const at = 32 * (index % tileWidth)
    return this.#tile(0, Math.floor(index / tileWidth)).slice(at, at + 32)
  }

  /** The root that the board had with its first `size` entries, no more than there are. */
  rootAt(size: number): Uint8Array {
    const levels: Uint8Array[] = []
    for (let span = 1; span <= size; span *= tileWidth) {
      const width = Math.floor(size / span) % tileWidth
      const index = Math.floor(size / (span * tileWidth))
      levels.push(this.#tile(levels.length, index).slice(0, 32 * width))
    }
    return frontierRoot({ size, lastLeaf: nothing, levels })
  }

  /** Whether the head, of no more entries than there are, is of this history. */
  continues({ size, root }: TreeHead): boolean {
    return equalBytes(this.rootAt(size), root)
  }

  /**
   * The tree under a later checkpoint that has been opened: reads only the tiles that are new or wider, and finds fault with whatever
   * does not lead from here to its root.
   */
  async grown(source: RecordSource, { size, root }: Checkpoint): Promise<Verdict<TileTree>> {
    const tiles = new Map(this.#tiles)
    const findings: Finding[] = []
    const find = (code: FindingCode, at: string, why: string) => findings.push({ code, at, why })
    let looked = 0
    for (let level = 0; tileWidth ** level <= size; level++) {
      const first = Math.floor(this.size / tileWidth ** (level + 1))
      // A board may claim any size: no more is asked for once something is missing.
      for (let n = first; widthOf(level, n, size) > 0 && findings.length === 0; n += requests)
        await Promise.all(Array.from({ length: requests }, (_, i) => take(level, n + i)))
    }
    const tree = new TileTree(size, tiles)
    if (findings.length === 0 && !tree.continues({ size, root }))
      find('BOARD_ROOT', 'checkpoint', 'the hash tiles have another root')
    return verdict(tree, looked, findings)

    async function take(level: number, n: number): Promise<void> {
      const known = tiles.get(`${level}/${n}`) ?? nothing
      const width = widthOf(level, n, size)
      if (known.length === 32 * width) return
      looked += 1
      const path = tilePath(level, n, width)
      const bytes = await source.read(path)
      // What is above the leaves follows from below; of the leaves, those that are known must have stayed.
      const expected = level === 0 ? known : concat(known, ...fromBelow(level, n, known.length / 32, width))
      if (bytes === undefined) find('BOARD_FILE', path, 'missing')
      else if (bytes.length !== 32 * width)
        find('BOARD_FILE', path, `${bytes.length} bytes instead of ${32 * width}`)
      else if (equalBytes(bytes.subarray(0, expected.length), expected)) tiles.set(`${level}/${n}`, bytes)
      else find('BOARD_TILE', path, 'not the hashes of these entries')
    }

    function fromBelow(level: number, n: number, from: number, to: number): Uint8Array[] {
      return Array.from({ length: to - from }, (_, i) => {
        const path = `${level - 1}/${n * tileWidth + from + i}`
        return rootOf(decodeTile(tiles.get(path)!, tileWidth, path))
      })
    }
  }

  #tile(level: number, index: number): Uint8Array {
    return this.#tiles.get(`${level}/${index}`) ?? nothing
  }
}
