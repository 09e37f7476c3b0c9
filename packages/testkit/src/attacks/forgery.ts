import { concat, toBase64url } from '@cista/board'
import {
  type CellForm,
  type Scalar,
  cellsRelation,
  encodeCiphertext,
  encrypt,
  proveBatchable,
  randomScalar,
  ristretto255 as g,
} from '@cista/crypto'
import { type Ballot, contestTag } from '@cista/protocol'
import type { Simulation } from '../simulation.js'

export const mod = (n: bigint): Scalar => ((n % g.order) + g.order) % g.order

/** 1/n modulo the prime order, by Fermat. */
export function inverse(n: Scalar): Scalar {
  let [result, base] = [1n, n]
  for (let e = g.order - 2n; e > 0n; e >>= 1n) {
    if (e & 1n) result = mod(result * base)
    base = mod(base * base)
  }
  return result
}

/**
 * Any numbers in the cells of a ballot's first contest, and the best proof that can be made for them: every line of the relation
 * holds that can. @param with `secret` of the election key, with which the other of two lines about α and β can be made to hold; `form`:
 * other rules than the contest's own.
 */
export function forgeCells(
  s: Simulation,
  { credential, replaces }: Ballot,
  numbers: readonly number[],
  { secret, form = s.definition.forms[0]! }: { readonly secret?: Scalar; readonly form?: CellForm } = {},
): Ballot['contests'][number] {
  const { key, context } = s.ballotElection
  const cells = numbers.map((number) => ({ b: mod(BigInt(number)), r: randomScalar() }))
  const ciphertexts = concat(...cells.map(({ b, r }) => encodeCiphertext(encrypt(key, b, r))))
  const relation = cellsRelation(key, form, ciphertexts)
  const witness = cells.flatMap(({ b, r }) => [
    b,
    r,
    // α = b·α + s·G wants s = (1 − b)·r, β = b·β + s·K wants s = (1 − b)·(b/k + r).
    secret === undefined ? mod((1n - b) * r) : mod((1n - b) * (b * inverse(secret) + r)),
  ])
  const tag = contestTag(context.opening, credential, replaces, 0)
  return {
    ciphertexts: toBase64url(ciphertexts),
    proof: toBase64url(proveBatchable(g, relation, witness, tag)),
  }
}
