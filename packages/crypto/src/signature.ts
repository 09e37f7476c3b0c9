// Specification: 03 The four relations · 03 Signatures in entries
import type { BatchItem } from './batch.js'
import type { Element, Scalar } from './group.js'
import { ristretto255 as g } from './groups.js'
import { proveBatchable, verifyBatchable } from './proof.js'
import type { LinearRelation } from './relation.js'

/** Signature(P), witness x: P = x·G. What is signed is bound by the tag; draft-irtf-cfrg-sigma-protocols. */
const relationOf = (key: Element): LinearRelation => ({
  elements: [g.base, key],
  equations: [{ image: [[1, 1n]], terms: [[0, 0, 1n]] }],
})

/** The 32 bytes of x·G. @throws {RangeError} for the secret 0. */
export function publicKey(secret: Scalar): Uint8Array {
  return g.encode(keyOf(secret))
}

/**
 * 64 bytes: commitment and response.
 *
 * @throws {RangeError} for the secret 0, or a tag without flavour and suite.
 */
export function sign(secret: Scalar, tag: string): Uint8Array {
  return proveBatchable(g, relationOf(keyOf(secret)), [secret], tag)
}

/** For `verifyBatch`. @throws {RangeError} unless `key` is a canonical element and not the identity. */
export function signatureItem(key: Uint8Array, tag: string, proof: Uint8Array): BatchItem {
  return { relation: relationOf(g.decode(key)), proof, tag }
}

/** `false` also for keys and proofs that are none. */
export function verifySignature(key: Uint8Array, tag: string, proof: Uint8Array): boolean {
  let decoded: Element
  try {
    decoded = g.decode(key)
  } catch {
    return false
  }
  return verifyBatchable(g, relationOf(decoded), proof, tag)
}

function keyOf(secret: Scalar): Element {
  if (secret <= 0n || secret >= g.order) throw new RangeError('a secret key is in 1 … order − 1')
  return g.mulSecret(g.base, secret)
}
