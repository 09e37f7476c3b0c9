import { createHash } from 'node:crypto'
import { concat, toBase64url, utf8 } from '@cista/board'
import {
  type Element,
  type Scalar,
  encodeCiphertext,
  encrypt,
  randomScalar,
  ristretto255 as g,
} from '@cista/crypto'
import { type Ballot, contestTag } from '@cista/protocol'
import type { Simulation } from '../simulation.js'
import { inverse, mod } from './forgery.js'

// Bernhard, Pereira, Warinschi: How not to prove yourself (Asiacrypt 2012). Where the challenge hashes the commitments only, the
// statement can be chosen after it.

const rate = 168
const shake128 = (session: Uint8Array, input: Uint8Array, length: number): Uint8Array => {
  const padded = new Uint8Array(rate)
  padded.set(session)
  return new Uint8Array(
    createHash('shake128', { outputLength: length }).update(padded).update(input).digest(),
  )
}

/** The protocol's challenge (page 03, step 4), with the statement left out. */
export function weakChallenge(tag: string, commitment: Uint8Array): Scalar {
  const label = shake128(utf8('irtf-cfrg-fiat-shamir/session-id'), utf8(tag), 32)
  const bytes = shake128(label, commitment, 48)
  return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n) % g.order
}

/**
 * A vote of some 2²⁵² for the first option and none for others, with a proof that a weak challenge would let pass. Commitments are
 * made for the answers t₂ = t, t₄ = 0, t₅ = t; then m = 1 − t/c solves both c·m² + (t₂ − c)·m − t₄ = 0, which says that the cell is a
 * bit, and t₅ + c·(Σ m − 1) = 0, which says that the sum is right.
 */
export function forgeWeakly(s: Simulation, { credential, replaces }: Ballot): Ballot['contests'][number] {
  const { key, context } = s.ballotElection
  const { cells } = s.definition.forms[0]!
  const point = (ofBase: Scalar, ofKey: Scalar): Element =>
    g.add(g.mulPublic(g.base, ofBase), g.mulPublic(key, ofKey))
  const nonces = Array.from({ length: cells }, () => ({
    b: randomScalar(),
    r: randomScalar(),
    s: randomScalar(),
  }))
  const t = nonces[0]!.b
  const commitment = [
    ...nonces.flatMap((n) => [point(n.r, 0n), point(n.b, n.r), point(n.s, 0n), point(0n, n.s)]),
    point(
      t,
      nonces.reduce((sum, n) => mod(sum + n.r), 0n),
    ),
  ].map((e) => g.encode(e))
  const tag = contestTag(context.opening, credential, replaces, 0)
  const c = weakChallenge(tag, concat(...commitment))
  const votes = nonces.map((n, i) => ({
    ...n,
    m: i === 0 ? mod(1n - t * inverse(c)) : 0n,
    a: randomScalar(),
  }))
  const response = votes.flatMap(({ b, r, s: third, m, a }) => {
    const answer = mod(b + c * m)
    return [answer, mod(r + c * a), mod(third + c * a - answer * a)]
  })
  return {
    ciphertexts: toBase64url(concat(...votes.map(({ m, a }) => encodeCiphertext(encrypt(key, m, a))))),
    proof: toBase64url(concat(...commitment, ...response.map((z) => g.encodeScalar(z)))),
  }
}

/** Shares of garbage, proven for the trustee's key under a weak challenge: the totals would be none, and nobody to blame. */
export function decryptWeakly(share: Scalar, alphas: readonly Element[], tag: string) {
  const [nonce, shift] = [randomScalar(), g.mulPublic(g.base, randomScalar())]
  const commitment = [
    g.mulPublic(g.base, nonce),
    ...alphas.map((alpha) => g.add(g.mulPublic(alpha, nonce), shift)),
  ].map((e) => g.encode(e))
  const c = weakChallenge(tag, concat(...commitment))
  const wrong = g.mulPublic(shift, inverse(c))
  return {
    shares: toBase64url(
      concat(...alphas.map((alpha) => g.encode(g.subtract(g.mulPublic(alpha, share), wrong)))),
    ),
    proof: toBase64url(concat(...commitment, g.encodeScalar(mod(nonce + c * share)))),
  }
}
