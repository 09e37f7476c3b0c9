// Specification: 05 Files
import { utf8 } from './bytes.js'
import { DecodeError } from './codec.js'
import { leafHash } from './entry.js'
import {
  checkpointPath,
  decodeTile,
  encodeEntryBundle,
  encodePayloadBundle,
  entriesPath,
  hashTiles,
  payloadsPath,
  tilePath,
  tileWidth,
  widthOf,
} from './tiles.js'
import { type HashReader, consistencyProof, inclusionProof, rootOf } from './tree.js'

/** A record's files, wherever they are: over HTTP, in a folder, in memory. Paths are those of `recordPaths`. */
export interface RecordSource {
  /** The file's bytes; undefined where there is no such file. Rejects where that cannot be known (unreachable). */
  read(path: string): Promise<Uint8Array | undefined>
  /** Every file of the record in any order, where it can be known. */
  list?(): Promise<string[]>
}

/** Takes a record's files. `write` replaces a file that is there, and resolves when a reader would see it. */
export interface RecordSink {
  write(path: string, bytes: Uint8Array): Promise<void>
}

export class MemoryRecord implements RecordSource, RecordSink {
  readonly #files: Map<string, Uint8Array>

  constructor(files: Iterable<readonly [string, Uint8Array]> = []) {
    this.#files = new Map(files)
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    return this.#files.get(path)?.slice()
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    this.#files.set(path, bytes.slice())
  }

  async list(): Promise<string[]> {
    return this.paths()
  }

  paths(): string[] {
    return [...this.#files.keys()]
  }

  delete(path: string): boolean {
    return this.#files.delete(path)
  }

  /** Another record with the same files. */
  copy(): MemoryRecord {
    return new MemoryRecord(this.#files)
  }
}

/** Writes the whole record of these entries; the checkpoint last, so that it never promises what is not there. */
export async function writeRecord(
  sink: RecordSink,
  record: {
    readonly entries: readonly Uint8Array[]
    readonly payloads: readonly Uint8Array[]
    readonly checkpoint: string
  },
): Promise<void> {
  const { entries, payloads, checkpoint } = record
  if (entries.length !== payloads.length) throw new RangeError('not one payload per entry')
  for (const { level, index, hashes } of hashTiles(entries.map(leafHash))) {
    const width = hashes.length / 32
    await sink.write(tilePath(level, index, width), hashes)
    if (level > 0) continue
    const [from, to] = [index * tileWidth, index * tileWidth + width]
    await sink.write(entriesPath(index, width), encodeEntryBundle(entries.slice(from, to)))
    await sink.write(payloadsPath(index, width), encodePayloadBundle(payloads.slice(from, to)))
  }
  await sink.write(checkpointPath, utf8(checkpoint))
}

/** @throws {DecodeError} if the record lacks the file. */
export async function readRequired(source: RecordSource, path: string): Promise<Uint8Array> {
  const bytes = await source.read(path)
  if (bytes === undefined) throw new DecodeError(path, 'missing')
  return bytes
}

/**
 * From the hash tiles of a record of `size` entries; what it says is only as good as `verifyInclusion` finds it.
 * @throws {DecodeError} if a tile is missing or of the wrong length.
 */
export function proveInclusion(source: RecordSource, index: number, size: number): Promise<Uint8Array[]> {
  return prove(source, size, (read) => inclusionProof(read, index, size))
}

/** As `proveInclusion`, from the hash tiles of the record of `to` entries. */
export function proveConsistency(source: RecordSource, from: number, to: number): Promise<Uint8Array[]> {
  return prove(source, to, (read) => consistencyProof(read, from, to))
}

/** Runs the proof twice: dry, to learn which tiles it reads, then with the tiles at hand. */
async function prove(
  source: RecordSource,
  size: number,
  run: (read: HashReader) => Uint8Array[],
): Promise<Uint8Array[]> {
  const paths = new Map<string, number>()
  run((level, index) => {
    const { path, width } = tileHolding(level, index, size)
    paths.set(path, width)
    return new Uint8Array(32)
  })
  const tiles = new Map<string, Uint8Array[]>()
  await Promise.all(
    [...paths].map(async ([path, width]) =>
      tiles.set(path, decodeTile(await readRequired(source, path), width, path)),
    ),
  )
  return run((level, index) => {
    const { path, from, to } = tileHolding(level, index, size)
    return rootOf(tiles.get(path)!.slice(from, to))
  })
}

/** The tile whose hashes from…to−1 lie under the node: tiles hold every eighth level. */
function tileHolding(
  level: number,
  index: number,
  size: number,
): { path: string; width: number; from: number; to: number } {
  const span = 2 ** (level % 8)
  const tileLevel = Math.floor(level / 8)
  const n = Math.floor((index * span) / tileWidth)
  const from = (index * span) % tileWidth
  const width = widthOf(tileLevel, n, size)
  return { path: tilePath(tileLevel, n, width), width, from, to: from + span }
}
