import { type Signature, fromBase64url, payloadHash, toBase64url } from '@cista/board'
import { type BallotElection, type Choices, sealBallot } from '@cista/client'
import { decodeCiphertext, encodeCiphertext, ristretto255 as g, sign } from '@cista/crypto'
import { type Ballot, decodePayload, noReplaced, signatureTag } from '@cista/protocol'
import type { Simulation } from '../simulation.js'
import { type Attacker, after, change } from './attack.js'

export type Sealed = Ballot['contests'][number]

/** The first ballot on the board, changed and signed again by its owner, who may be the attacker. */
export const first = (to: (ballot: Ballot, s: Simulation) => Ballot): Attacker => ({
  ...change('ballot', (ballot, s) => (s.course.ballots.length > 0 ? undefined : to(ballot, s))),
  stops: true,
})
/** The second of voter 1, changed. */
export const second = (to: (ballot: Ballot, s: Simulation) => Ballot): Attacker => ({
  ...change('ballot', (ballot, s) => (ballot.replaces === noReplaced ? undefined : to(ballot, s))),
  stops: true,
})
/** Behind `opened`, what the attacker adds. */
export const early = (act: (s: Simulation) => void): Attacker => ({ ...after('opened', act), stops: true })

/** A ballot as anybody with that code would seal it, for an election that may be another. */
export function sealed(
  s: Simulation,
  voter: number,
  choices: Choices,
  {
    replaces = noReplaced,
    style = 'all',
    ...other
  }: Partial<BallotElection & Pick<Ballot, 'replaces' | 'style'>> = {},
): Ballot {
  const as = { credential: s.credential(voter), replaces, style, weight: 1 }
  const composed = sealBallot({ ...s.ballotElection, ...other }, as, choices)
  if ('faults' in composed) throw new Error('not a choice')
  return decodePayload(s.definition.codecs, 'ballot', composed.ballot.payload)
}
export const signedBy = (
  s: Simulation,
  voter: number,
  bytes: Uint8Array,
  id = s.definition.id,
): Signature => ({
  by: 'credential',
  proof: toBase64url(
    sign(s.credential(voter).secret, signatureTag(id, 'ballot', 'credential', payloadHash(bytes))),
  ),
})

/** The first ballot's first contest, changed. */
export const contest = (to: (contest: Sealed, s: Simulation, ballot: Ballot) => Sealed): Attacker =>
  first((ballot, s) => {
    const [changed, ...others] = ballot.contests
    return { ...ballot, contests: [to(changed!, s, ballot), ...others] }
  })
export const ciphertexts = (to: (bytes: Uint8Array) => Uint8Array): Attacker =>
  contest((c) => ({ ...c, ciphertexts: toBase64url(to(fromBase64url(c.ciphertexts))) }))
export const proof = (to: (bytes: Uint8Array) => Uint8Array): Attacker =>
  contest((c) => ({ ...c, proof: toBase64url(to(fromBase64url(c.proof))) }))
export const put = (at: number, value: Uint8Array) => (bytes: Uint8Array) => {
  bytes.set(value, at < 0 ? bytes.length + at : at)
  return bytes
}
/** Each cell by another function of it. */
export const cellwise = (
  to: (cell: ReturnType<typeof decodeCiphertext>, i: number) => ReturnType<typeof decodeCiphertext>,
) =>
  ciphertexts((bytes) => {
    for (let i = 0; 64 * i < bytes.length; i++) {
      const cell = bytes.subarray(64 * i, 64 * (i + 1))
      cell.set(encodeCiphertext(to(decodeCiphertext(cell), i)))
    }
    return bytes
  })

/** The same number, coded as itself and the order. */
export function withOrder(scalar: Uint8Array): Uint8Array {
  const value = scalar.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n) + g.order
  return Uint8Array.from(scalar, (_, i) => Number((value >> BigInt(8 * i)) & 255n))
}
