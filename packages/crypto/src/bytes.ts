// Specification: 02 Bytes in text
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'

/** LE(n, 4) of draft-irtf-cfrg-fiat-shamir: four bytes, little-endian. */
export function le32(n: number): Uint8Array {
  const out = new Uint8Array(4)
  new DataView(out.buffer).setUint32(0, n, true)
  return out
}

/**
 * SerializeVarLenString of draft-irtf-cfrg-fiat-shamir: LE(length, 4) ‖ bytes, so that no two lists of parts
 * collide.
 */
export function framed(bytes: Uint8Array): Uint8Array {
  return concatBytes(le32(bytes.length), bytes)
}

/** @throws {RangeError} unless `text` is printable ASCII, whose bytes nobody can dispute. */
export function ascii(text: string): Uint8Array {
  if (!/^[\x20-\x7e]+$/.test(text)) throw new RangeError('expected printable ASCII')
  return utf8ToBytes(text)
}
