// Specification: 05 Entry
import { concat, toHex, utf8 } from './bytes.js'
import {
  type Codec,
  DecodeError,
  base64url,
  decodeDocument,
  encodeDocument,
  hex,
  integer,
  list,
  literal,
  object,
  pattern,
  timestamp,
} from './codec.js'
import { sha256 } from './hash.js'
import { limits } from './limits.js'

export interface Signature {
  /** Role, and a number where a role has several keys: `credential`, `trustee-3`. */
  by: string
  /** base64url, at most 128 bytes. */
  proof: string
}

/** What the board holds about a payload; a leaf of its tree and a link of its chain. */
export interface Entry {
  /** One for all entries of a batch. */
  batchTime: string
  index: number
  kind: string
  /** SHA-256 of the payload, hex. */
  payload: string
  /** Leaf hash of the entry before, or the genesis hash; hex. */
  previous: string
  signatures: Signature[]
  /** Bytes of the payload. */
  size: number
  version: 1
}

export const signatureCodec: Codec<Signature> = object({
  by: pattern(/[a-z]+(-[1-9][0-9]{0,2})?/, 'a role, or a role and a number', 40),
  proof: base64url({ min: 1, max: limits.proofBytes }),
})

export const entryCodec: Codec<Entry> = object({
  batchTime: timestamp,
  index: integer(0, limits.entries - 1),
  kind: pattern(/[a-z]+(-[a-z]+)*/, 'a kind of entry', 40),
  payload: hex(32),
  previous: hex(32),
  signatures: list(signatureCodec, { max: limits.signatures }),
  size: integer(0, limits.payloadBytes),
  version: literal(1),
})

export function encodeEntry(entry: Entry): Uint8Array {
  return encodeDocument(entryCodec, entry)
}

/** @throws {DecodeError} unless the bytes are a canonical entry. */
export function decodeEntry(bytes: Uint8Array, name: string): Entry {
  if (bytes.length > limits.entryBytes) throw new DecodeError(name, `longer than ${limits.entryBytes} bytes`)
  return decodeDocument(entryCodec, bytes, name)
}

/** RFC 6962 §2.1: SHA-256(0x00 ‖ entry). */
export function leafHash(entryBytes: Uint8Array): Uint8Array {
  return sha256(concat(Uint8Array.of(0), entryBytes))
}

/** What entry 0 names as the one before it. */
export function genesisHash(origin: string, electionId: string): Uint8Array {
  return sha256(utf8(`cista/v1 genesis\n${origin}\n${electionId}`))
}

/** SHA-256 in hex: an election id, a tracker, an entry's `payload`. */
export function payloadHash(payload: Uint8Array): string {
  return toHex(sha256(payload))
}
