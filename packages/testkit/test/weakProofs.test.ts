import { type LinearRelation, cellsRelation, ristretto255 as g, verifyBatchable } from '@cista/crypto'
import { fromBase64url } from '@cista/board'
import { contestTag, decryptionTag, noReplaced } from '@cista/protocol'
import { Simulation } from '@cista/testkit'
import { talliedSums } from '@cista/verifier'
import { describe, expect, it } from 'vitest'
import { forgeCells } from '../src/attacks/forgery.js'
import { decryptWeakly, forgeWeakly, weakChallenge } from '../src/attacks/weakProofs.js'
import { yes } from '../src/attacks/elections.js'

// A forgery is an attack only if the flawed verifier, for which it is made, lets it pass.

/** What a verifier does whose challenge leaves the statement out. */
function weaklyVerified({ elements, equations }: LinearRelation, proof: Uint8Array, tag: string): boolean {
  const at = (i: number) => proof.subarray(32 * i, 32 * (i + 1))
  const challenge = weakChallenge(tag, proof.subarray(0, 32 * equations.length))
  const weight = (n: bigint) => ((n % g.order) + g.order) % g.order
  return equations.every(({ image, terms }, i) => {
    const left = g.add(
      g.decode(at(i)),
      g.mulPublic(
        g.msm(
          image.map(([e]) => elements[e]!),
          image.map(([, w]) => weight(w)),
        ),
        challenge,
      ),
    )
    const right = g.msm(
      terms.map(([, e]) => elements[e]!),
      terms.map(([s, , w]) => weight(w * g.decodeScalar(at(equations.length + s)))),
    )
    return g.equals(left, right)
  })
}

describe('forged proofs', () => {
  const s = new Simulation().setUp()
  const ballot = {
    contests: [],
    credential: s.credential(0).key,
    election: s.definition.id,
    replaces: noReplaced,
    style: 'all',
  }
  const { key, context } = s.ballotElection
  const form = s.definition.forms[0]!
  const tag = contestTag(context.opening, ballot.credential, noReplaced, 0)

  it('of a ballot pass under a weak challenge, and only there', () => {
    const { ciphertexts, proof } = forgeWeakly(s, ballot)
    const relation = cellsRelation(key, form, fromBase64url(ciphertexts))
    expect(weaklyVerified(relation, fromBase64url(proof), tag)).toBe(true)
    expect(verifyBatchable(g, relation, fromBase64url(proof), tag)).toBe(false)
  })

  it('of a decryption pass under a weak challenge, and only there', async () => {
    const closed = await new Simulation().setUp().cast(0, { question: yes }).close().tally()
    const { leaf, value } = closed.course.phase.tallied!
    const { alphas } = talliedSums(value)
    const x = closed.share(3)
    const purpose = decryptionTag(leaf, 3)
    const { shares, proof } = decryptWeakly(x, alphas, purpose)
    const bytes = fromBase64url(shares)
    const images = alphas.map((_, c) => g.decode(bytes.subarray(32 * c, 32 * (c + 1))))
    const relation: LinearRelation = {
      elements: [g.base, g.mulPublic(g.base, x), ...alphas.flatMap((alpha, c) => [alpha, images[c]!])],
      equations: [
        { image: [[1, 1n]], terms: [[0, 0, 1n]] },
        ...alphas.map((_, c) => ({
          image: [[3 + 2 * c, 1n]] as const,
          terms: [[0, 2 + 2 * c, 1n]] as const,
        })),
      ],
    }
    expect(weaklyVerified(relation, fromBase64url(proof), purpose)).toBe(true)
    expect(verifyBatchable(g, relation, fromBase64url(proof), purpose)).toBe(false)
    for (const [c, alpha] of alphas.entries()) expect(g.equals(images[c]!, g.mulPublic(alpha, x))).toBe(false)
  })

  it('for other rules pass under these, and only there', () => {
    const all = { cells: [0, 1, 2], weights: [1, 1, 1], max: 3 }
    const { ciphertexts, proof } = forgeCells(s, ballot, [1, 1, 1], { form: { cells: 3, sums: [all] } })
    const verified = (rules: typeof form | { cells: number; sums: (typeof all)[] }) =>
      verifyBatchable(g, cellsRelation(key, rules, fromBase64url(ciphertexts)), fromBase64url(proof), tag)
    expect(verified({ cells: 3, sums: [all] })).toBe(true)
    expect(verified(form)).toBe(false)
  })
})
