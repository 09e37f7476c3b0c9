import {
  type RecordSource,
  encodeEntryBundle,
  encodePayloadBundle,
  formatReceipt,
  parseRecordPath,
  proveConsistency,
  proveInclusion,
  tileWidth,
  utf8,
  widthOf,
} from '@cista/board'
import type { Store } from './store.js'

/** Tiles kept in memory, of at most 8 KiB each. */
const cachedTiles = 2_048

/** The published record of every election, read from the store. */
export class Records {
  readonly #store: Store
  readonly #tiles = new Map<string, Promise<Uint8Array | undefined>>()

  constructor(store: Store) {
    this.#store = store
  }

  /** A file of the record; undefined for what is not published, or not part of a record. */
  async file(election: string, path: string): Promise<Uint8Array | undefined> {
    const parsed = parseRecordPath(path)
    if (parsed === undefined) return undefined
    const head = await this.#store.head(election)
    if (head === undefined) return undefined
    if (parsed.kind === 'checkpoint') return utf8(head.note)
    const level = parsed.kind === 'tile' ? parsed.level : 0
    const { index, width } = parsed
    if (width > widthOf(level, index, head.size)) return undefined
    if (parsed.kind === 'tile') return this.#tile(election, level, index, width)
    const from = index * tileWidth
    const entries = await this.#store.entries(election, from, from + width)
    return parsed.kind === 'entries'
      ? encodeEntryBundle(entries.map((e) => e.entry))
      : encodePayloadBundle(entries.map((e) => e.payload))
  }

  /** A published payload by its hash. */
  async payload(election: string, hash: string): Promise<Uint8Array | undefined> {
    const [head, place] = await Promise.all([this.#store.head(election), this.#store.place(election, hash)])
    if (head === undefined || place === undefined || place.index === null || place.index >= head.size)
      return undefined
    return this.#store.payload(election, hash)
  }

  /**
   * The entry and its receipt, under the first head that holds it, so that asking again gives the same; undefined while there is
   * no such head.
   */
  async receipt(
    election: string,
    index: number,
  ): Promise<{ entry: Uint8Array; receipt: string } | undefined> {
    const head = await this.#store.headOver(election, index)
    if (head === undefined) return undefined
    const [stored] = await this.#store.entries(election, index, index + 1)
    const proof = await proveInclusion(this.#source(election), index, head.size)
    return { entry: stored!.entry, receipt: formatReceipt({ index, proof, checkpoint: head.note }) }
  }

  /** That the tree of `to` entries, committed if not yet published, continues the tree of `from`. */
  consistency(election: string, from: number, to: number): Promise<Uint8Array[]> {
    return proveConsistency(this.#source(election), from, to)
  }

  #source(election: string): RecordSource {
    return {
      read: async (path) => {
        const parsed = parseRecordPath(path)
        if (parsed?.kind !== 'tile') throw new Error(`${path}: proofs are made from tiles only`)
        return this.#tile(election, parsed.level, parsed.index, parsed.width)
      },
    }
  }

  /** The first `width` hashes of a tile that has at least so many: they never change. */
  #tile(election: string, level: number, index: number, width: number): Promise<Uint8Array | undefined> {
    const key = `${election}/${level}/${index}/${width}`
    const known = this.#tiles.get(key)
    if (known !== undefined) return known
    const tile = this.#store
      .tile(election, level, index)
      .then((hashes) => (hashes && hashes.length >= 32 * width ? hashes.slice(0, 32 * width) : undefined))
    this.#tiles.set(key, tile)
    tile.then(
      (hashes) => hashes ?? this.#tiles.delete(key),
      () => this.#tiles.delete(key),
    )
    const [oldest] = this.#tiles.keys()
    if (this.#tiles.size > cachedTiles && oldest !== undefined) this.#tiles.delete(oldest)
    return tile
  }
}
