// Specification: 02 Elements and scalars · 03 The suite
import { ristretto255 as nobleRistretto } from '@noble/curves/ed25519.js'
import type { Group } from './group.js'
import { primeGroup } from './primeGroup.js'

/** RFC 9496; the suite `sigma-proofs_Shake128_ristretto255` is ours: Ne = Ns = 32, scalars little-endian. */
export const ristretto255: Group = primeGroup({
  name: 'ristretto255',
  suite: 'sigma-proofs_Shake128_ristretto255',
  points: nobleRistretto.Point,
  elementLength: 32,
  scalarOrder: 'little',
})
