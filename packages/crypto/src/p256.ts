// Specification: 03 The suite
import { p256 as nobleP256 } from '@noble/curves/nist.js'
import type { Group } from './group.js'
import { primeGroup } from './primeGroup.js'

/**
 * The suite of draft-irtf-cfrg-sigma-protocols; here only so that the drafts' test vectors run on the same
 * engine.
 */
export const p256: Group = primeGroup({
  name: 'P-256',
  suite: 'sigma-proofs_Shake128_P256',
  points: nobleP256.Point,
  elementLength: 33,
  scalarOrder: 'big',
})
