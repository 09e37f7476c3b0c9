// Specification: 03 The four relations · 08 The election key · 08 Result
import { concatBytes } from '@noble/hashes/utils.js'
import type { Element, Scalar } from './group.js'
import { ristretto255 as g } from './groups.js'
import { proveBatchable, verifyBatchable } from './proof.js'
import { type LinearRelation, mod } from './relation.js'
import { randomScalar } from './scalars.js'

/**
 * Feldman's verifiable secret sharing: a polynomial a_0 + a_1·x + …, its commitments A_k = a_k·G in public.
 * TrusteeKey(A_0 … A_{t−1}), witness a_0 … a_{t−1}: A_k = a_k·G proves possession of every coefficient.
 */

const LENGTH = 32

/** t random coefficients, lowest first; none is 0. @throws {RangeError} unless t is a positive integer. */
export function samplePolynomial(t: number): Scalar[] {
  if (!Number.isInteger(t) || t < 1) throw new RangeError('a threshold is a positive integer')
  return Array.from({ length: t }, randomScalar)
}

/** A_0 ‖ A_1 ‖ …, 32 bytes each. */
export function commitPolynomial(coefficients: readonly Scalar[]): Uint8Array {
  return concatBytes(...coefficients.map((a) => g.encode(g.mulSecret(g.base, a))))
}

/** 64 bytes per coefficient. */
export function provePolynomial(coefficients: readonly Scalar[], tag: string): Uint8Array {
  return proveBatchable(g, relationOf(coefficients.map((a) => g.mulSecret(g.base, a))), coefficients, tag)
}

/** `false` also for commitments and proofs that are none. */
export function verifyPolynomial(commitments: Uint8Array, tag: string, proof: Uint8Array): boolean {
  let elements: Element[]
  try {
    elements = decodeCommitments(commitments)
  } catch {
    return false
  }
  return verifyBatchable(g, relationOf(elements), proof, tag)
}

/** The polynomial at x, a positive integer: the share of trustee x. */
export function evaluatePolynomial(coefficients: readonly Scalar[], x: number): Scalar {
  const at = position(x)
  return coefficients.reduceRight((sum, a) => mod(sum * at + a, g.order), 0n)
}

/** Σ x^k·A_k: the public image of the share of trustee x. @throws {RangeError} on malformed commitments. */
export function evaluateCommitments(commitments: Uint8Array, x: number): Element {
  const at = position(x)
  return decodeCommitments(commitments).reduceRight((sum, a) => g.add(g.mulPublic(sum, at), a), g.identity)
}

/**
 * Whether a share received in private is the one that the commitments promise.
 *
 * @throws {RangeError} on malformed commitments.
 */
export function verifyShare(commitments: Uint8Array, x: number, share: Scalar): boolean {
  return g.equals(g.mulSecret(g.base, share), evaluateCommitments(commitments, x))
}

/**
 * λ_j with f(0) = Σ λ_j·f(j) for every polynomial of a degree below the number of indices.
 *
 * @throws {RangeError} unless the indices are distinct positive integers.
 */
export function lagrangeAtZero(indices: readonly number[]): Scalar[] {
  const points = indices.map(position)
  if (new Set(points).size !== points.length) throw new RangeError('an index occurs twice')
  return points.map((j) => {
    const others = points.filter((m) => m !== j)
    const numerator = others.reduce((product, m) => mod(product * m, g.order), 1n)
    const denominator = others.reduce((product, m) => mod(product * (m - j), g.order), 1n)
    return mod(numerator * inverse(denominator), g.order)
  })
}

function relationOf(commitments: readonly Element[]): LinearRelation {
  return {
    elements: [g.base, ...commitments],
    equations: commitments.map((_, k) => ({ image: [[k + 1, 1n]], terms: [[k, 0, 1n]] })),
  }
}

function decodeCommitments(bytes: Uint8Array): Element[] {
  if (bytes.length === 0 || bytes.length % LENGTH !== 0) throw new RangeError('commitments of a wrong length')
  return Array.from({ length: bytes.length / LENGTH }, (_, k) =>
    g.decode(bytes.subarray(k * LENGTH, (k + 1) * LENGTH)),
  )
}

function position(x: number): bigint {
  if (!Number.isSafeInteger(x) || x < 1) throw new RangeError('an index is a positive integer')
  return BigInt(x)
}

/** The inverse of a public, non-zero n modulo the group's order, by the extended Euclidean algorithm. */
function inverse(n: bigint): bigint {
  let [a, b, x, y] = [n, g.order, 1n, 0n]
  while (b !== 0n) {
    const quotient = a / b
    ;[a, b, x, y] = [b, a - quotient * b, y, x - quotient * y]
  }
  return mod(x, g.order)
}
