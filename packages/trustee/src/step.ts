import type { Attempt, Course, Definition, EntryKind, PayloadOf, Submission } from '@cista/protocol'
import { encodePayload, signerName } from '@cista/protocol'
import { type Finding, signSubmission } from '@cista/verifier'
import { type OwnAttempt, type TrusteeState, attemptOf, seatOf, signingKey } from './state.js'

/** What comes of preparing a step. */
export type Step =
  /** Save the state durably, then send the submission; preparing again from that state gives the same bytes. */
  | { readonly kind: 'ready'; readonly state: TrusteeState; readonly submission: Submission }
  /** It is on the board already, or not needed any more. */
  | { readonly kind: 'done'; readonly why: string }
  /** Not yet: others come first. */
  | { readonly kind: 'early'; readonly why: string }
  /** A dealer gave a wrong share: complain, do not confirm. */
  | { readonly kind: 'fault'; readonly dealer: number; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string; readonly findings: readonly Finding[] }

export const done = (why: string): Step => ({ kind: 'done', why })
export const early = (why: string): Step => ({ kind: 'early', why })
export const refused = (why: string, findings: readonly Finding[] = []): Step => ({
  kind: 'refused',
  why,
  findings,
})

export const notSeated = (): Step =>
  refused('the manifest of this election does not name your key: ask the organiser which key it has for you')

/** “trustee 2 (Ada)”. */
export const titleOf = ({ manifest }: Definition, index: number): string =>
  `trustee ${index} (${manifest.trustees[index - 1]?.name ?? '?'})`

/** Where a trustee stands in the ceremony that is running. */
export interface Seat {
  readonly index: number
  readonly attempt: Attempt
  /** What the state holds for this attempt. */
  readonly own: OwnAttempt | undefined
}

/** The seat, or why no step of the ceremony is possible now. */
export function takeSeat({ definition, phase }: Course, state: TrusteeState): Seat | Step {
  const index = seatOf(definition, state)
  if (index === undefined) return notSeated()
  if (phase.ended === 'aborted') return refused('the election was aborted')
  if (phase.stage !== 'setup') return done('the ceremony is over: voting has been opened')
  const { attempt } = phase
  const { complaint, number } = attempt
  if (complaint !== undefined)
    return early(
      `attempt ${number} ended with a complaint of ${titleOf(definition, complaint.index)} about ` +
        `${titleOf(definition, complaint.accused)}: “judge” tells who is at fault, and the administrators must restart the ceremony`,
    )
  return { index, attempt, own: attemptOf(state, definition.id, number) }
}

/** Encodes and signs a payload of this trustee. */
export function signOwn<K extends EntryKind>(
  { id, codecs }: Definition,
  state: TrusteeState,
  index: number,
  kind: K,
  value: PayloadOf<K>,
): Submission {
  const signer = { by: signerName('trustee', index), secret: signingKey(state) }
  return signSubmission(id, kind, encodePayload(codecs, kind, value), [signer])
}
