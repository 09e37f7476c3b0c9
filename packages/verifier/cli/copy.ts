import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  type Checkpoint,
  DecodeError,
  type RecordSource,
  decodeEntry,
  decodeEntryBundle,
  decodePayloadBundle,
  decodeTile,
  entriesPath,
  equalBytes,
  frontierRoot,
  leafHash,
  payloadHash,
  payloadsPath,
  rootOf,
  tilePath,
  tileWidth,
  widthOf,
} from '@cista/board'
import type { Finding } from '@cista/verifier'
import { folderRecord } from './folder.js'
import { inTurn } from './inTurn.js'

/** Where files lie until they are whole; the name of no file of a record. */
export const drafts = '.cista-mirror'
/** A file of the board is missing, or not what its checkpoint says. */
export class Lacking extends Error {
  readonly finding: Finding
  constructor(at: string, why: string) {
    super(why)
    this.finding = { code: 'BOARD_FILE', at, why }
  }
}

/** The files of a board's record, brought into a folder. */
export class Copy {
  readonly #remote: RecordSource
  readonly #local: RecordSource
  readonly #folder: string
  readonly #step: (done: number, total: number) => void
  #draft = 0
  fetched = 0
  kept = 0

  constructor(remote: RecordSource, folder: string, step: (done: number, total: number) => void) {
    this.#remote = remote
    this.#local = folderRecord(folder)
    this.#folder = folder
    this.#step = step
  }

  /** Every file but the checkpoint. @throws {Lacking} */
  async take({ size, root }: Checkpoint): Promise<void> {
    const total = 3 * Math.ceil(size / tileWidth)
    // From the root down: the partial tiles at its edge make the root, and each full tile is named by the one above.
    const partial = await this.#edge(size, root)
    let above: ReadonlyMap<number, Uint8Array> = new Map()
    for (let level = partial.length - 1; level >= 0; level--) {
      const row = new Map<number, Uint8Array>()
      const full = Math.floor(size / tileWidth ** (level + 1))
      const parents = above
      await inTurn(full, async (n) => {
        const parent = parents.get(Math.floor(n / tileWidth))!
        const hash = parent.subarray(32 * (n % tileWidth), 32 * (n % tileWidth) + 32)
        const path = tilePath(level, n)
        const fits = (bytes: Uint8Array) => equalBytes(rootOf(decodeTile(bytes, tileWidth, path)), hash)
        row.set(n, await this.#obtain(path, fits))
        this.#step(this.fetched + this.kept, total)
      })
      if (partial[level]!.length > 0) row.set(full, partial[level]!)
      above = row
    }
    await inTurn(Math.ceil(size / tileWidth), async (n) => {
      await this.#bundle(n, widthOf(0, n, size), above.get(n)!)
      this.#step(this.fetched + this.kept, total)
    })
  }

  /** The partial tiles by level, empty where the last one is full. */
  async #edge(size: number, root: Uint8Array): Promise<Uint8Array[]> {
    const levels: Uint8Array[] = []
    const files: [string, Uint8Array][] = []
    for (let level = 0; tileWidth ** level <= size; level++) {
      const index = Math.floor(size / tileWidth ** (level + 1))
      const width = widthOf(level, index, size)
      const path = width === 0 ? '' : tilePath(level, index, width)
      const bytes = width === 0 ? new Uint8Array() : await this.#remote.read(path)
      if (bytes === undefined) throw new Lacking(path, 'missing')
      if (bytes.length !== 32 * width) throw new Lacking(path, 'of a wrong length')
      levels.push(bytes)
      if (width > 0) files.push([path, bytes])
    }
    if (!equalBytes(frontierRoot({ size, lastLeaf: root, levels }), root))
      throw new Lacking(files[0]![0], 'does not lead to the root of the checkpoint')
    for (const [path, bytes] of files) await this.#put(path, bytes)
    return levels
  }

  async #bundle(n: number, width: number, hashes: Uint8Array): Promise<void> {
    const [entryPath, payloadPath] = [entriesPath(n, width), payloadsPath(n, width)]
    const leaves = decodeTile(hashes, width, entryPath)
    const bundle = await this.#obtain(entryPath, (bytes) =>
      decodeEntryBundle(bytes, width, entryPath).every((entry, i) => equalBytes(leafHash(entry), leaves[i]!)),
    )
    const named = decodeEntryBundle(bundle, width, entryPath).map((bytes) => namedPayload(bytes))
    await this.#obtain(payloadPath, (bytes) =>
      decodePayloadBundle(bytes, width, payloadPath).every((payload, i) => payloadHash(payload) === named[i]),
    )
  }

  /** The folder's file if it is what it should be, else the board's. @throws {Lacking} where neither is. */
  async #obtain(path: string, fits: (bytes: Uint8Array) => boolean): Promise<Uint8Array> {
    const own = await this.#local.read(path)
    if (own !== undefined && isFit(own, fits)) {
      this.kept += 1
      return own
    }
    const bytes = await this.#remote.read(path)
    if (bytes === undefined) throw new Lacking(path, 'missing')
    if (!isFit(bytes, fits)) throw new Lacking(path, 'not what the checkpoint says')
    await this.#put(path, bytes)
    this.fetched += 1
    return bytes
  }

  async #put(path: string, bytes: Uint8Array): Promise<void> {
    const draft = join(this.#folder, drafts, String(this.#draft++))
    const target = join(this.#folder, path)
    await mkdir(dirname(draft), { recursive: true })
    await mkdir(dirname(target), { recursive: true })
    await writeFile(draft, bytes)
    await rename(draft, target)
  }
}

function isFit(bytes: Uint8Array, fits: (bytes: Uint8Array) => boolean): boolean {
  try {
    return fits(bytes)
  } catch (error) {
    if (error instanceof DecodeError) return false
    throw error
  }
}

/** The hash that an entry names. What is no entry names none: that is for verifying to say, and the copy is evidence. */
function namedPayload(bytes: Uint8Array): string | undefined {
  try {
    return decodeEntry(bytes, 'entry').payload
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}
