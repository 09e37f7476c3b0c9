// Specification: 08 The election key
import { sha256, toBase64url, toHex } from '@cista/board'
import {
  commitPolynomial,
  evaluatePolynomial,
  provePolynomial,
  ristretto255 as g,
  samplePolynomial,
} from '@cista/crypto'
import { type Course, type Definition, trusteeTag } from '@cista/protocol'
import { dealingFindings, deriveKeys } from '@cista/verifier'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { coefficientsOf, isOwnDealing, isOwnJoin } from './own.js'
import { openDealt, receiveShares, sealShare } from './shares.js'
import { type OwnAttempt, type TrusteeState, restore, seatOf, store, withAttempt } from './state.js'
import { type Seat, type Step, done, early, refused, signOwn, takeSeat, titleOf } from './step.js'

// Protocol §5. `course` is what `followRecord` has checked: V1 to V3.

/** Fresh keys for the running attempt: an age identity for the shares to come, and a commitment to the polynomial. */
export async function prepareJoin(course: Course, state: TrusteeState): Promise<Step> {
  const seat = takeSeat(course, state)
  if ('kind' in seat) return seat
  const { definition, phase } = course
  const { index, attempt, own } = seat
  if (attempt.joined.has(index))
    return isOwnJoin(definition, seat) ? done(`joined attempt ${attempt.number}`) : strange(seat)
  if (own !== undefined) return { kind: 'ready', state, submission: restore(own.joined) }
  const identity = await generateX25519Identity()
  const coefficients = samplePolynomial(definition.manifest.threshold)
  const submission = signOwn(definition, state, index, 'trustee-joined', {
    attempt: attempt.number,
    commitment: toHex(sha256(commitPolynomial(coefficients))),
    index,
    recipient: await identityToRecipient(identity),
    sequence: phase.nextSequence('trustee', index),
  })
  const made: OwnAttempt = {
    coefficients: coefficients.map((a) => toHex(g.encodeScalar(a))),
    identity,
    joined: store(submission),
    number: attempt.number,
  }
  return { kind: 'ready', state: withAttempt(state, definition.id, made), submission }
}

/** The commitments, the proof, and a share for everybody, once all have joined and nobody can choose by the others' commitments. */
export async function prepareDeal(course: Course, state: TrusteeState): Promise<Step> {
  const seat = takeSeat(course, state)
  if ('kind' in seat) return seat
  const { definition, phase } = course
  const { manifest, id } = definition
  const { index, attempt, own } = seat
  if (own === undefined || !isOwnJoin(definition, seat))
    return attempt.joined.has(index) ? strange(seat) : unjoined
  const coefficients = coefficientsOf(own)
  const commitments = commitPolynomial(coefficients)
  const dealt = attempt.dealt.get(index)
  if (dealt !== undefined)
    return isOwnDealing(own, dealt.commitments) ? done(`dealt in attempt ${attempt.number}`) : strange(seat)
  const waiting = missing(definition, attempt.joined)
  if (waiting !== '') return early(`still to join: ${waiting}`)
  if (own.dealt !== undefined) return { kind: 'ready', state, submission: restore(own.dealt) }
  const shares: string[] = []
  for (const [i] of manifest.trustees.entries()) {
    const { recipient } = attempt.joined.get(i + 1)!
    const file = await sealShare(evaluatePolynomial(coefficients, i + 1), recipient)
    if (file === undefined)
      return refused(
        `${titleOf(definition, i + 1)} joined with a recipient that nothing can be encrypted to: the administrators must restart the ceremony`,
      )
    shares.push(toBase64url(file))
  }
  const tag = trusteeTag(id, attempt.number, index)
  const submission = signOwn(definition, state, index, 'trustee-dealt', {
    attempt: attempt.number,
    commitments: toBase64url(commitments),
    index,
    proof: toBase64url(provePolynomial(coefficients, tag)),
    sequence: phase.nextSequence('trustee', index),
    shares,
  })
  return { kind: 'ready', state: withAttempt(state, id, { ...own, dealt: store(submission) }), submission }
}

/** Verifies every dealing and every share received, and confirms the history that led to them. */
export async function prepareConfirm(course: Course, state: TrusteeState): Promise<Step> {
  const seat = takeSeat(course, state)
  if ('kind' in seat) return seat
  const { definition, phase } = course
  const { index, attempt, own } = seat
  if (attempt.confirmed.has(index)) return done(`confirmed attempt ${attempt.number}`)
  if (own === undefined || !isOwnJoin(definition, seat))
    return attempt.joined.has(index) ? strange(seat) : unjoined
  if (own.complained !== undefined)
    return refused(
      `you have complained in attempt ${attempt.number}: send the complaint again with “complain”`,
    )
  const waiting = missing(definition, attempt.dealt)
  if (waiting !== '') return early(`still to deal: ${waiting}`)
  const findings = manifestOrder(definition).flatMap((dealer) =>
    dealingFindings(
      definition,
      attempt.dealt.get(dealer)!,
      attempt.joined.get(dealer)!.commitment,
      `dealing of ${titleOf(definition, dealer)}`,
    ),
  )
  if (findings.length > 0)
    return refused(
      'the board holds a dealing that is against the rules: confirm nothing, tell the administrators',
      findings,
    )
  if (!isOwnDealing(own, attempt.dealt.get(index)!.commitments)) return strange(seat)
  const received = await receiveShares(attempt, index, own.identity)
  if ('faults' in received) {
    const [{ dealer, why }] = received.faults as [{ dealer: number; why: string }]
    return { kind: 'fault', dealer, why: `the share that ${titleOf(definition, dealer)} dealt to you ${why}` }
  }
  if (deriveKeys(definition, attempt) === undefined)
    return refused('the dealings cancel each other out: the administrators must restart the ceremony')
  const submission = signOwn(definition, state, index, 'trustee-confirmed', {
    attempt: attempt.number,
    dealt: attempt.lastDealt,
    index,
    sequence: phase.nextSequence('trustee', index),
  })
  if (own.confirmed !== undefined) {
    const before = restore(own.confirmed)
    if (before.hash !== submission.hash)
      return refused(
        'the board shows another history than the one you confirmed: keep both records and raise the alarm',
      )
    return { kind: 'ready', state, submission: before }
  }
  return {
    kind: 'ready',
    state: withAttempt(state, definition.id, { ...own, confirmed: store(submission) }),
    submission,
  }
}

/**
 * Publishes this attempt's age identity, so that anyone can see what the accused dealt; that ends the attempt for ever.
 * Refuses where the share is right: judged, such a complaint would name its author.
 * @param accused index of a dealer.
 */
export async function prepareComplaint(course: Course, state: TrusteeState, accused: number): Promise<Step> {
  const seat = takeSeat(course, state)
  const { definition, phase } = course
  const { attempt } = phase
  if (attempt.complaint !== undefined && attempt.complaint.index === seatOf(definition, state))
    return done(`complained about ${titleOf(definition, attempt.complaint.accused)}`)
  if ('kind' in seat) return seat
  const { index, own } = seat
  if (own === undefined || !isOwnJoin(definition, seat))
    return attempt.joined.has(index) ? strange(seat) : unjoined
  if (attempt.confirmed.has(index) || own.confirmed !== undefined)
    return refused('you have confirmed this attempt: every share was right')
  const waiting = missing(definition, attempt.dealt)
  if (waiting !== '') return early(`still to deal: ${waiting}`)
  if (own.complained !== undefined) return { kind: 'ready', state, submission: restore(own.complained) }
  if (!attempt.dealt.has(accused)) return refused(`there is no trustee ${accused}`)
  const opened = await openDealt(attempt, accused, index, own.identity)
  if ('share' in opened)
    return refused(
      `the share that ${titleOf(definition, accused)} dealt to you is right: there is nothing to complain about`,
    )
  const submission = signOwn(definition, state, index, 'trustee-complained', {
    accused,
    attempt: attempt.number,
    identity: own.identity,
    index,
    sequence: phase.nextSequence('trustee', index),
  })
  return {
    kind: 'ready',
    state: withAttempt(state, definition.id, { ...own, complained: store(submission) }),
    submission,
  }
}

const unjoined = refused('you have not joined this attempt: “join” comes first')

const strange = ({ attempt }: Seat): Step =>
  refused(
    `the board shows a step of yours in attempt ${attempt.number} that this file knows nothing of: use the newest copy of your file, or ask the administrators to restart the ceremony`,
  )

const manifestOrder = ({ manifest }: Definition): number[] => manifest.trustees.map((_, i) => i + 1)

/** Who has not taken a step; empty if all have. */
const missing = (definition: Definition, taken: ReadonlyMap<number, unknown>): string =>
  manifestOrder(definition)
    .filter((i) => !taken.has(i))
    .map((i) => titleOf(definition, i))
    .join(', ')
