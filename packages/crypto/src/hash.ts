// Specification: 03 Scalars from a stream
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 as nobleSha256, sha512 } from '@noble/hashes/sha2.js'
import { shake256 as nobleShake256 } from '@noble/hashes/sha3.js'
import { randomBytes as nobleRandomBytes } from '@noble/hashes/utils.js'

/** SHA-256 (FIPS 180-4), 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return nobleSha256(bytes)
}

/** SHAKE256 (FIPS 202), `length` bytes. */
export function shake256(bytes: Uint8Array, length: number): Uint8Array {
  return nobleShake256(bytes, { dkLen: length })
}

/** HKDF with SHA-512 (RFC 5869), `length` bytes, at most 255 · 64. */
export function hkdfSha512(ikm: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  return hkdf(sha512, ikm, salt, info, length)
}

/** `length` bytes of the platform's CSPRNG, at most 65536. @throws {Error} where the platform has none. */
export function randomBytes(length: number): Uint8Array {
  return nobleRandomBytes(length)
}
