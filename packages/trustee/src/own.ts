import { fromBase64url, fromHex, sha256, toBase64url, toHex } from '@cista/board'
import { type Scalar, commitPolynomial, ristretto255 as g } from '@cista/crypto'
import { type Course, type Definition, encodePayload } from '@cista/protocol'
import { type OwnAttempt, type TrusteeState, attemptOf, electionOf } from './state.js'
import type { Seat } from './step.js'

export const coefficientsOf = ({ coefficients }: OwnAttempt): Scalar[] =>
  coefficients.map((a) => g.decodeScalar(fromHex(a)))

/** Whether the join on the board is the one that this state holds. */
export function isOwnJoin({ codecs }: Definition, { index, attempt, own }: Seat): boolean {
  const joined = attempt.joined.get(index)
  return (
    own !== undefined &&
    joined !== undefined &&
    toHex(sha256(encodePayload(codecs, 'trustee-joined', joined))) ===
      toHex(sha256(fromBase64url(own.joined.payload)))
  )
}

/** @param commitments base64url, as the board has them. */
export const isOwnDealing = (own: OwnAttempt, commitments: string): boolean =>
  commitments === toBase64url(commitPolynomial(coefficientsOf(own)))

/** Whether the board shows steps of trustee `index` that this state does not know: it is a copy from before them. */
export function isOlder({ definition, phase }: Course, state: TrusteeState, index: number): boolean {
  const { attempt } = phase
  const own = attemptOf(state, definition.id, attempt.number)
  if (phase.decrypted.has(index) && electionOf(state, definition.id).decrypted === undefined) return true
  if (!attempt.joined.has(index)) return false
  if (own === undefined || !isOwnJoin(definition, { index, attempt, own })) return true
  const dealt = attempt.dealt.get(index)
  return dealt !== undefined && !isOwnDealing(own, dealt.commitments)
}
