// Specification: 05 Chain and tree
import { concat, toHex } from './bytes.js'
import { type Entry, type Signature, encodeEntry, genesisHash, leafHash } from './entry.js'
import { type Tile, decodeTile, tileWidth, widthOf } from './tiles.js'
import { nodeHash, rootOf } from './tree.js'

/** An entry before it has a place. */
export interface Draft {
  readonly kind: string
  /** SHA-256 of the payload, hex. */
  readonly payload: string
  /** Bytes of the payload. */
  readonly size: number
  readonly signatures: readonly Signature[]
}

/** All that must be known of a board to extend it. */
export interface Frontier {
  readonly size: number
  /** The genesis hash where size is 0. */
  readonly lastLeaf: Uint8Array
  /** Per tile level, the hashes of the right-most partial tile, concatenated; empty where the last tile is full. */
  readonly levels: readonly Uint8Array[]
}

export interface PlacedEntry {
  readonly entry: Entry
  readonly bytes: Uint8Array
  readonly leaf: Uint8Array
}

export interface Extension {
  readonly frontier: Frontier
  readonly entries: readonly PlacedEntry[]
  /** Every tile touched, with its new content, by level, then index. */
  readonly tiles: readonly Tile[]
}

export function emptyFrontier(origin: string, electionId: string): Frontier {
  return { size: 0, lastLeaf: genesisHash(origin, electionId), levels: [] }
}

/** Appends a batch. Pure: the same frontier, drafts and time give the same bytes. */
export function extend(frontier: Frontier, drafts: readonly Draft[], batchTime: string): Extension {
  let { size, lastLeaf } = frontier
  const levels = partialTiles(frontier)
  const tiles = new Map<string, Tile>()
  const entries = drafts.map((draft) => {
    const { kind, payload, signatures } = draft
    const previous = toHex(lastLeaf)
    const entry: Entry = {
      batchTime,
      index: size,
      kind,
      payload,
      previous,
      signatures: [...signatures],
      size: draft.size,
      version: 1,
    }
    const bytes = encodeEntry(entry)
    const leaf = leafHash(bytes)
    size += 1
    lastLeaf = leaf
    push(0, leaf)
    return { entry, bytes, leaf }
  })
  if (entries.length > 0) levels.forEach(touch)
  return {
    frontier: { size, lastLeaf, levels: levels.map((hashes) => concat(...hashes)) },
    entries,
    tiles: [...tiles.values()].sort((a, b) => a.level - b.level || a.index - b.index),
  }

  function push(level: number, hash: Uint8Array): void {
    const partial = (levels[level] ??= [])
    partial.push(hash)
    if (partial.length < tileWidth) return
    touch(partial, level)
    levels[level] = []
    push(level + 1, rootOf(partial))
  }

  function touch(hashes: readonly Uint8Array[], level: number): void {
    // The last hash of this tile belongs to the last complete subtree at this level.
    const index = Math.ceil(Math.floor(size / tileWidth ** level) / tileWidth) - 1
    const before = widthOf(level, index, frontier.size)
    if (hashes.length > before) tiles.set(`${level}/${index}`, { level, index, hashes: concat(...hashes) })
  }
}

/** The tree's root (RFC 6962). @throws {RangeError} if the partial tiles are not those of a tree of this size. */
export function frontierRoot(frontier: Frontier): Uint8Array {
  // From left to right the tree is complete subtrees of falling size; each is joined with all that is right of it.
  const peaks = partialTiles(frontier).reverse().flatMap(peaksOf)
  return peaks.length === 0 ? rootOf([]) : peaks.reduceRight((right, left) => nodeHash(left, right))
}

/** Roots of the complete subtrees over a partial tile: one per binary digit of its width. */
function peaksOf(hashes: readonly Uint8Array[]): Uint8Array[] {
  const peaks: Uint8Array[] = []
  for (let width = tileWidth / 2, at = 0; width >= 1; width /= 2) {
    if (hashes.length - at < width) continue
    peaks.push(rootOf(hashes.slice(at, at + width)))
    at += width
  }
  return peaks
}

function partialTiles({ size, levels }: Frontier): Uint8Array[][] {
  if (Math.floor(size / tileWidth ** levels.length) > 0)
    throw new RangeError(`too few levels for ${size} entries`)
  return levels.map((bytes, level) => {
    const width = Math.floor(size / tileWidth ** level) % tileWidth
    if (bytes.length !== 32 * width)
      throw new RangeError(`level ${level} of the frontier does not fit ${size} entries`)
    return decodeTile(bytes, width, `level ${level}`)
  })
}
