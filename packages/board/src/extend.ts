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
  const end = new BoardEnd(frontier)
  const entries = drafts.map((draft) => end.append(draft, batchTime))
  return { entries, tiles: end.takeTiles(), frontier: end.frontier }
}

/** The end of a board, to which entries are appended one after the other. */
export class BoardEnd {
  #size: number
  #lastLeaf: Uint8Array
  /** Per level, the hashes of the right-most partial tile. */
  readonly #levels: Uint8Array[][]
  /** Full tiles, and the size of the board, since tiles were taken last. */
  #full: Tile[] = []
  #taken: number

  constructor(frontier: Frontier) {
    this.#size = this.#taken = frontier.size
    this.#lastLeaf = frontier.lastLeaf
    this.#levels = partialTiles(frontier)
  }

  get size(): number {
    return this.#size
  }

  get frontier(): Frontier {
    const levels = this.#levels.map((hashes) => concat(...hashes))
    return { size: this.#size, lastLeaf: this.#lastLeaf, levels }
  }

  /** The tree's root (RFC 6962). */
  root(): Uint8Array {
    return rootOfPartials(this.#levels)
  }

  append({ kind, payload, size, signatures }: Draft, batchTime: string): PlacedEntry {
    const entry: Entry = {
      batchTime,
      index: this.#size,
      kind,
      payload,
      previous: toHex(this.#lastLeaf),
      signatures: [...signatures],
      size,
      version: 1,
    }
    const bytes = encodeEntry(entry)
    const leaf = leafHash(bytes)
    this.#size += 1
    this.#lastLeaf = leaf
    this.#push(0, leaf)
    return { entry, bytes, leaf }
  }

  /** Every tile that has changed since the last call, with its new content, by level, then index. */
  takeTiles(): Tile[] {
    const partial = this.#levels.flatMap((hashes, level): Tile[] => {
      const index = Math.floor(this.#size / tileWidth ** (level + 1))
      const changed = hashes.length > widthOf(level, index, this.#taken)
      return changed ? [{ level, index, hashes: concat(...hashes) }] : []
    })
    const tiles = [...this.#full, ...partial]
    this.#full = []
    this.#taken = this.#size
    // Within a level they are in order, and sorting keeps that: full tiles as they filled up, then the partial one.
    return tiles.sort((a, b) => a.level - b.level)
  }

  #push(level: number, hash: Uint8Array): void {
    const partial = (this.#levels[level] ??= [])
    partial.push(hash)
    if (partial.length < tileWidth) return
    const index = this.#size / tileWidth ** (level + 1) - 1
    this.#full.push({ level, index, hashes: concat(...partial) })
    this.#levels[level] = []
    this.#push(level + 1, rootOf(partial))
  }
}

/** The tree's root (RFC 6962). @throws {RangeError} if the partial tiles are not those of a tree of this size. */
export function frontierRoot(frontier: Frontier): Uint8Array {
  return rootOfPartials(partialTiles(frontier))
}

function rootOfPartials(levels: readonly (readonly Uint8Array[])[]): Uint8Array {
  // From left to right the tree is complete subtrees of falling size; each is joined with all that is right of it.
  const peaks = [...levels].reverse().flatMap(peaksOf)
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
