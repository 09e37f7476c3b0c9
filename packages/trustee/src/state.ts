import {
  type Of,
  fromBase64url,
  fromHex,
  hex,
  integer,
  list,
  literal,
  object,
  optional,
  pattern,
  record,
  refine,
  toBase64url,
  toHex,
} from '@cista/board'
import { type Scalar, publicKey, randomScalar, ristretto255 as g } from '@cista/crypto'
import {
  type Definition,
  type Submission,
  limits,
  nameText,
  submission,
  submissionCodec,
} from '@cista/protocol'

/** What a trustee made for one attempt of a ceremony, and all it has signed in it: steps are repeated from here, byte for byte. */
const attemptCodec = object({
  /** a_0 … a_{t−1}: the polynomial that is dealt. */
  coefficients: list(hex(32), { min: 1, max: limits.trustees }),
  complained: optional(submissionCodec),
  confirmed: optional(submissionCodec),
  dealt: optional(submissionCodec),
  /** The age identity that opens the shares dealt to this trustee. */
  identity: pattern(/AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}/, 'an X25519 identity of age', 74),
  joined: submissionCodec,
  number: integer(1, limits.attempts),
})

const electionCodec = object({
  attempts: refine(list(attemptCodec, { max: limits.attempts }), (attempts) =>
    new Set(attempts.map((a) => a.number)).size === attempts.length ? undefined : 'an attempt twice',
  ),
  decrypted: optional(submissionCodec),
  /** Leaf hash of the one entry `tallied` that this trustee will ever decrypt in this election. */
  tallied: optional(hex(32)),
})

/** A trustee's whole secret state, by election id; at rest it is one age file locked with a passphrase. */
export const stateCodec = object({
  elections: record(hex(32), electionCodec),
  name: nameText,
  /** The signing key: a canonical scalar that is not 0. */
  secret: refine(hex(32), (text) => {
    try {
      return g.decodeScalar(fromHex(text)) === 0n ? 'the key 0' : undefined
    } catch {
      return 'not a canonical scalar'
    }
  }),
  version: literal(1),
})
export type TrusteeState = Of<typeof stateCodec>
export type ElectionState = Of<typeof electionCodec>
export type OwnAttempt = Of<typeof attemptCodec>
export type StoredSubmission = Of<typeof submissionCodec>

/** A new signing key, and nothing else yet. @throws {DecodeError} for a name that a manifest could not hold. */
export function newTrustee(name: string): TrusteeState {
  const secret = toHex(g.encodeScalar(randomScalar()))
  return stateCodec.decode({ elections: {}, name, secret, version: 1 }, 'state')
}

/** The public key to hand to the organiser, hex. */
export function trusteeKey(state: TrusteeState): string {
  return toHex(publicKey(signingKey(state)))
}

export const signingKey = ({ secret }: TrusteeState): Scalar => g.decodeScalar(fromHex(secret))

/** The trustee's position 1…n in the manifest; undefined if it has none. */
export function seatOf({ manifest }: Definition, state: TrusteeState): number | undefined {
  const key = trusteeKey(state)
  const at = manifest.trustees.findIndex((trustee) => trustee.key === key)
  return at < 0 ? undefined : at + 1
}

export function electionOf(state: TrusteeState, id: string): ElectionState {
  return Object.hasOwn(state.elections, id) ? state.elections[id]! : { attempts: [] }
}

export function attemptOf(state: TrusteeState, id: string, number: number): OwnAttempt | undefined {
  return electionOf(state, id).attempts.find((attempt) => attempt.number === number)
}

export function withElection(state: TrusteeState, id: string, election: ElectionState): TrusteeState {
  return { ...state, elections: { ...state.elections, [id]: election } }
}

/** The state with this attempt in the place of the one with its number. */
export function withAttempt(state: TrusteeState, id: string, attempt: OwnAttempt): TrusteeState {
  const election = electionOf(state, id)
  const others = election.attempts.filter(({ number }) => number !== attempt.number)
  return withElection(state, id, { ...election, attempts: [...others, attempt] })
}

export const store = ({ kind, payload, signatures }: Submission): StoredSubmission => ({
  kind,
  payload: toBase64url(payload),
  signatures: [...signatures],
})
export const restore = ({ kind, payload, signatures }: StoredSubmission): Submission =>
  submission(kind, fromBase64url(payload), signatures)
