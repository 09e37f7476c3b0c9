import { concat, toBase64url } from '@cista/board'
import {
  type Scalar,
  cellsRelation,
  encodeCiphertext,
  encrypt,
  proveBatchable,
  randomScalar,
  ristretto255 as g,
} from '@cista/crypto'
import { contestTag, noReplaced } from '@cista/protocol'
import { Simulation } from '@cista/testkit'
import { verifyRecord } from '@cista/verifier'
import { describe, expect, it } from 'vitest'

const mod = (n: bigint): Scalar => ((n % g.order) + g.order) % g.order

/** A valid ballot with randomness of the voter's choice, which no client of ours would take. */
function ballot(s: Simulation, voter: number, bits: readonly bigint[], randomness: readonly Scalar[]) {
  const { key, context, definition } = s.ballotElection
  const cells = bits.map((b, i) => ({ b, r: randomness[i]! }))
  const ciphertexts = concat(...cells.map(({ b, r }) => encodeCiphertext(encrypt(key, b, r))))
  const credential = s.credential(voter).key
  const proof = proveBatchable(
    g,
    cellsRelation(key, definition.forms[0]!, ciphertexts),
    cells.flatMap(({ b, r }) => [b, r, mod((1n - b) * r)]),
    contestTag(context.opening, credential, noReplaced, 0),
  )
  return {
    contests: [{ ciphertexts: toBase64url(ciphertexts), proof: toBase64url(proof) }],
    credential,
    election: definition.id,
    replaces: noReplaced,
    style: 'all',
  }
}

describe('an election in which the randomness of two ballots cancels out', () => {
  it('goes on, and verifies', async () => {
    const s = new Simulation().setUp()
    const randomness = [1, 2, 3].map(() => randomScalar())
    const opposite = randomness.map((r) => mod(-r))
    s.derive('ballot', ballot(s, 0, [1n, 0n, 0n], randomness))
    s.derive('ballot', ballot(s, 1, [0n, 0n, 1n], opposite))
    await s.finish()
    // Both α are the identity; β is one vote, and none.
    expect(s.course.phase.tallied!.value.units[0]!.sums).toMatch(/^A{42}/)
    const report = await verifyRecord(await s.record(), { election: s.definition.id })
    expect(report.checks.flatMap((c) => c.findings)).toEqual([])
    expect(report.verdict).toBe('verified')
    expect(report.results[0]!.totals.map((t) => t.votes)).toEqual([1, 0])
  })
})
