// Specification: 03 Ciphertexts
import { concatBytes } from '@noble/hashes/utils.js'
import type { Element, Scalar } from './group.js'
import { ristretto255 as g } from './groups.js'

/** An exponential ElGamal ciphertext under a key K: (r·G, m·G + r·K). */
export interface Ciphertext {
  readonly alpha: Element
  readonly beta: Element
}

const HALF = 32

/** Encrypts nothing with no randomness: where sums begin. */
export const zeroCiphertext: Ciphertext = { alpha: g.identity, beta: g.identity }

/** (r·G, m·G + r·K) in constant time. */
export function encrypt(key: Element, m: Scalar, r: Scalar): Ciphertext {
  return { alpha: g.mulSecret(g.base, r), beta: g.add(g.mulSecret(g.base, m), g.mulSecret(key, r)) }
}

/** Encrypts the sum of both messages. */
export function addCiphertexts(a: Ciphertext, b: Ciphertext): Ciphertext {
  return { alpha: g.add(a.alpha, b.alpha), beta: g.add(a.beta, b.beta) }
}

/**
 * Encrypts `weight` times the message.
 *
 * @throws {RangeError} unless `weight` is a non-negative safe integer.
 */
export function scaleCiphertext(c: Ciphertext, weight: number): Ciphertext {
  if (!Number.isSafeInteger(weight) || weight < 0) throw new RangeError('a weight is a non-negative integer')
  if (weight === 1) return c
  return { alpha: g.mulPublic(c.alpha, BigInt(weight)), beta: g.mulPublic(c.beta, BigInt(weight)) }
}

/** α ‖ β, 64 bytes; the identity is all zeros. */
export function encodeCiphertext(c: Ciphertext): Uint8Array {
  return concatBytes(g.encode(c.alpha), g.encode(c.beta))
}

/**
 * @throws {RangeError} unless `bytes` is the canonical form of two elements, neither of them the identity.
 */
export function decodeCiphertext(bytes: Uint8Array): Ciphertext {
  if (bytes.length !== 2 * HALF) throw new RangeError('a ciphertext has 64 bytes')
  return { alpha: g.decode(bytes.subarray(0, HALF)), beta: g.decode(bytes.subarray(HALF)) }
}
