// Specification: 03 The four relations · 08 Decryption
import { concatBytes } from '@noble/hashes/utils.js'
import type { Element, Scalar } from './group.js'
import { ristretto255 as g } from './groups.js'
import { lagrangeAtZero } from './polynomial.js'
import { proveBatchable, verifyBatchable } from './proof.js'
import type { Equation, LinearRelation } from './relation.js'

/**
 * PartialDecryption(X, A_c, M_c), witness x: X = x·G and M_c = x·A_c for every output c. Elements in the
 * order G, X, then A_c, M_c per output. An output whose A_c is the identity has the identity as its share and
 * is left out.
 */

const LENGTH = 32

/** A trustee's share of every output (32 bytes each) and the proof. @throws {RangeError} for the share 0. */
export function partialDecrypt(
  share: Scalar,
  alphas: readonly Element[],
  tag: string,
): { shares: Uint8Array; proof: Uint8Array } {
  if (share <= 0n || share >= g.order) throw new RangeError('a share is in 1 … order − 1')
  const key = g.mulSecret(g.base, share)
  const shares = alphas.map((alpha) => (g.isIdentity(alpha) ? g.identity : g.mulSecretBlinded(alpha, share)))
  const proof = proveBatchable(g, relationOf(key, alphas, shares), [share], tag)
  return { shares: concatBytes(...shares.map((m) => g.encode(m))), proof }
}

/** `false` also for shares and proofs that are none. */
export function verifyPartialDecryption(
  key: Element,
  alphas: readonly Element[],
  shares: Uint8Array,
  tag: string,
  proof: Uint8Array,
): boolean {
  if (shares.length !== LENGTH * alphas.length) return false
  let decoded: Element[]
  try {
    decoded = alphas.map((_, c) => g.decodeOrIdentity(shares.subarray(LENGTH * c, LENGTH * (c + 1))))
  } catch {
    return false
  }
  if (alphas.some((alpha, c) => g.isIdentity(alpha) !== g.isIdentity(decoded[c] ?? g.identity))) return false
  return verifyBatchable(g, relationOf(key, alphas, decoded), proof, tag)
}

/**
 * B − Σ λ_j·M_j over distinct trustees: m·G, if they are enough.
 *
 * @throws {RangeError} on a bad or repeated index.
 */
export function combineShares(beta: Element, shares: readonly { index: number; share: Element }[]): Element {
  const factors = lagrangeAtZero(shares.map(({ index }) => index))
  return g.subtract(
    beta,
    g.msm(
      shares.map(({ share }) => share),
      factors,
    ),
  )
}

function relationOf(key: Element, alphas: readonly Element[], shares: readonly Element[]): LinearRelation {
  const elements = [g.base, key]
  const equations: Equation[] = [{ image: [[1, 1n]], terms: [[0, 0, 1n]] }]
  alphas.forEach((alpha, c) => {
    if (g.isIdentity(alpha)) return
    const at = elements.push(alpha, shares[c] ?? g.identity) - 2
    equations.push({ image: [[at + 1, 1n]], terms: [[0, at, 1n]] })
  })
  return { elements, equations }
}
