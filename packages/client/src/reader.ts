// Specification: 05 Receipt
import {
  type Checkpoint,
  DecodeError,
  type Entry,
  type RecordSource,
  decodeEntry,
  decodeEntryBundle,
  decodePayloadBundle,
  entriesPath,
  leafHash,
  payloadHash,
  payloadsPath,
  proveInclusion,
  readRequired,
  tileWidth,
  toHex,
  verifyInclusion,
  widthOf,
} from '@cista/board'
import { type Definition, type Payload, isEntryKind } from '@cista/protocol'
import { authoritySignatures, falseClaims, toPayload } from '@cista/verifier'

export interface ProvenEntry {
  readonly entry: Entry
  readonly leaf: string
  readonly payload: Payload
}

/** A payload by its hash: from a server that offers `payload/<hash>`, else undefined. @throws {DecodeError} on other bytes. */
export async function payloadByHash(source: RecordSource, hash: string): Promise<Uint8Array | undefined> {
  const bytes = await source.read(`payload/${hash}`)
  if (bytes !== undefined && payloadHash(bytes) !== hash)
    throw new DecodeError(`payload/${hash}`, 'other bytes than named')
  return bytes
}

/** Files of a board of one size never change: each is asked for once, also where several entries need it at the same time. */
function remembering(source: RecordSource): RecordSource {
  const files = new Map<string, Promise<Uint8Array | undefined>>()
  return {
    read(path) {
      const known = files.get(path)
      if (known !== undefined) return known
      const file = source.read(path)
      files.set(path, file)
      // What could not be had may come the next time.
      file.catch(() => files.delete(path))
      return file
    },
  }
}

/** Reads single entries of a record and believes none that a verified checkpoint does not include. */
export class RecordReader {
  readonly #source: RecordSource
  readonly #definition: Definition
  readonly checkpoint: Checkpoint

  constructor(source: RecordSource, definition: Definition, checkpoint: Checkpoint) {
    this.#source = remembering(source)
    this.#definition = definition
    this.checkpoint = checkpoint
  }

  /**
   * An entry that is on the board, strict and signed by the authorities it needs; a ballot's own signature is the verifier's business.
   * @throws {DecodeError} where any of this is not so.
   */
  async read(index: number): Promise<ProvenEntry> {
    const { size, root } = this.checkpoint
    const at = `entry ${index}`
    if (index >= size) throw new DecodeError(at, `the board has ${size} entries`)
    const n = Math.floor(index / tileWidth)
    const width = widthOf(0, n, size)
    const path = entriesPath(n, width)
    const [bundle, proof] = await Promise.all([
      readRequired(this.#source, path),
      proveInclusion(this.#source, index, size),
    ])
    const bytes = decodeEntryBundle(bundle, width, path)[index % tileWidth]!
    const leaf = leafHash(bytes)
    if (!verifyInclusion({ leaf, index, size, root, proof })) throw new DecodeError(at, 'is not on the board')
    const entry = decodeEntry(bytes, at)
    const payloadBytes = await this.#payload(entry, n, width)
    if (!isEntryKind(entry.kind)) throw new DecodeError(at, 'no such kind of entry')
    const payload = toPayload(this.#definition, entry.kind, payloadBytes)
    this.#checkSignatures(entry, payload, at)
    return { entry, leaf: toHex(leaf), payload }
  }

  async #payload(entry: Entry, n: number, width: number): Promise<Uint8Array> {
    const single = await payloadByHash(this.#source, entry.payload)
    if (single !== undefined) return single
    const path = payloadsPath(n, width)
    const bundle = decodePayloadBundle(await readRequired(this.#source, path), width, path)
    const bytes = bundle[entry.index % tileWidth]!
    if (payloadHash(bytes) !== entry.payload) throw new DecodeError(path, 'other bytes than the entry names')
    return bytes
  }

  #checkSignatures(entry: Entry, payload: Payload, at: string): void {
    if (payload.kind === 'ballot') return
    const { id, manifest } = this.#definition
    const signed = authoritySignatures(id, manifest, payload, entry.payload, entry.signatures, at)
    if ('why' in signed) throw new DecodeError(at, signed.why)
    if (falseClaims(signed.claims).length > 0) throw new DecodeError(at, 'a signature that does not fit')
  }
}
