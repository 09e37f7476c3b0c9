// Specification: 03 Scalars from a stream
import { shake256 } from '@noble/hashes/sha3.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { ascii, framed } from './bytes.js'
import type { Group, Scalar } from './group.js'
import { ristretto255 } from './groups.js'
import { randomBytes } from './hash.js'
import { type LinearRelation, serializeRelation } from './relation.js'

/** Gives the n nonces of one proof. Use each at most once. */
export type Nonces = (n: number) => Scalar[]

/** Bytes reduced to one scalar: far more than the order has, so that the bias vanishes. */
const UNIFORM = 64

function streamIn(g: Group, label: string, parts: readonly Uint8Array[]): () => Scalar {
  const xof = shake256.create({}).update(framed(utf8ToBytes(label)))
  for (const part of parts) xof.update(framed(part))
  return () => g.scalarFromUniform(xof.xof(UNIFORM))
}

/**
 * Scalars of ristretto255 from SHAKE256(framed label ‖ framed parts …), each from the next 64 bytes,
 * little-endian, reduced; framed = LE(length, 4) ‖ bytes. Who knows label and parts knows all of them.
 */
export function scalarStream(label: string, ...parts: readonly Uint8Array[]): () => Scalar {
  return streamIn(ristretto255, label, parts)
}

/** Nonces that nobody can guess who lacks either the secrets or 32 fresh bytes, bound to tag and instance. */
export function hedgedNonces(g: Group, secrets: readonly Scalar[], tag: string, r: LinearRelation): Nonces {
  const hidden = secrets.map((s) => g.encodeScalar(s))
  const next = streamIn(g, 'CISTA-V01-nonces', [
    randomBytes(32),
    ascii(tag),
    serializeRelation(g, r),
    ...hidden,
  ])
  return (n) => Array.from({ length: n }, next)
}

/** A uniform scalar of ristretto255 from the platform's CSPRNG, never 0. */
export function randomScalar(): Scalar {
  for (;;) {
    const s = ristretto255.scalarFromUniform(randomBytes(UNIFORM))
    if (s !== 0n) return s
  }
}
