// Specification: 02 Elements and scalars
import { bytesToNumberBE, bytesToNumberLE, numberToBytesBE, numberToBytesLE } from '@noble/curves/utils.js'

export type ByteOrder = 'little' | 'big'

/** The extra bytes DecodeUint takes, so that the bias of the reduction stays under 2⁻¹²⁸. */
const OVERSAMPLED = 16

/** Ns: bytes of an integer below `modulus`. */
export function uintLength(modulus: bigint): number {
  return Math.ceil((modulus - 1n).toString(2).length / 8)
}

/**
 * SerializeUint of draft-irtf-cfrg-fiat-shamir; big-endian for fields whose standard says so.
 *
 * @throws {RangeError} unless 0 ≤ value < modulus.
 */
export function encodeUint(value: bigint, modulus: bigint, order: ByteOrder = 'little'): Uint8Array {
  if (value < 0n || value >= modulus) throw new RangeError('integer out of range')
  return order === 'little'
    ? numberToBytesLE(value, uintLength(modulus))
    : numberToBytesBE(value, uintLength(modulus))
}

/** @throws {RangeError} unless `bytes` is exactly the fixed-width form of an integer below `modulus`. */
export function decodeUint(bytes: Uint8Array, modulus: bigint, order: ByteOrder = 'little'): bigint {
  if (bytes.length !== uintLength(modulus)) throw new RangeError('integer of a wrong length')
  const value = order === 'little' ? bytesToNumberLE(bytes) : bytesToNumberBE(bytes)
  if (value >= modulus) throw new RangeError('integer not canonical')
  return value
}

/** Bytes to squeeze for one challenge below `modulus`: Ns + 16. */
export function challengeLength(modulus: bigint): number {
  return uintLength(modulus) + OVERSAMPLED
}

/** DecodeUint of draft-irtf-cfrg-fiat-shamir: squeezed bytes, little-endian for every modulus, reduced. */
export function reduceUniform(bytes: Uint8Array, modulus: bigint): bigint {
  if (bytes.length < challengeLength(modulus)) throw new RangeError('too few bytes for a uniform integer')
  return bytesToNumberLE(bytes) % modulus
}
