import type { Course, Stage } from '@cista/protocol'
import { isOlder } from './own.js'
import { type TrusteeState, attemptOf, seatOf } from './state.js'
import { titleOf } from './step.js'

export type Action = 'join' | 'deal' | 'confirm' | 'complain' | 'decrypt' | 'wait' | 'nothing'

/** Where an election stands for its trustees, and what one of them does next. */
export interface Standing {
  readonly stage: Stage
  /** 1…n; undefined if the manifest does not name this trustee. */
  readonly index: number | undefined
  readonly attempt: number
  /** The board shows steps of this trustee that its file does not know: it works with a copy from before. */
  readonly older: boolean
  readonly trustees: readonly {
    readonly name: string
    readonly joined: boolean
    readonly dealt: boolean
    readonly confirmed: boolean
    readonly decrypted: boolean
  }[]
  readonly complaint: { readonly accuser: number; readonly accused: number } | undefined
  readonly next: { readonly action: Action; readonly text: string }
}

/** Why no step of the ceremony can lead anywhere; undefined while voting can still open. @param time RFC 3339, now. */
export const tooLateToOpen = ({ phase }: Course, time: string): string | undefined =>
  phase.isTooLateToOpen(time)
    ? `The closing time ${phase.closes} passed before voting could open: the administrators can only abort.`
    : undefined

/** @param time RFC 3339, now. */
export function standingOf(course: Course, state: TrusteeState, time: string): Standing {
  const { definition, phase } = course
  const { attempt } = phase
  const index = seatOf(definition, state)
  const older = index !== undefined && isOlder(course, state, index)
  return {
    stage: phase.stage,
    index,
    attempt: attempt.number,
    older,
    trustees: definition.manifest.trustees.map(({ name }, i) => ({
      name,
      joined: attempt.joined.has(i + 1),
      dealt: attempt.dealt.has(i + 1),
      confirmed: attempt.confirmed.has(i + 1),
      decrypted: phase.decrypted.has(i + 1),
    })),
    complaint: attempt.complaint && { accuser: attempt.complaint.index, accused: attempt.complaint.accused },
    next: nextStep(course, state, { index, older }, time),
  }
}

const olderText = 'This file is older than the board, which shows a step of yours that it does not know.'

function nextStep(
  course: Course,
  state: TrusteeState,
  { index, older }: Pick<Standing, 'index' | 'older'>,
  time: string,
): Standing['next'] {
  const { definition, phase } = course
  const next = (action: Action, text: string) => ({ action, text })
  if (index === undefined) return next('nothing', 'The manifest does not name your key.')
  const late = tooLateToOpen(course, time)
  if (late !== undefined) return next('nothing', late)
  if (older && phase.stage !== 'ended') return next('nothing', `${olderText} ${remedy(index)}`)
  switch (phase.stage) {
    case 'empty':
    case 'setup':
      return nextOfCeremony(index)
    case 'open':
      return next('wait', 'Voting is open. You are needed again when it is closed and tallied.')
    case 'closed':
      return next('wait', 'Voting is closed. You are needed when the tally is on the board.')
    case 'tallied':
      if (phase.published === 0)
        return next('nothing', 'Every unit is withheld: there is nothing to decrypt.')
      return phase.decrypted.has(index)
        ? next(
            'nothing',
            `You have decrypted. ${definition.manifest.threshold} trustees are needed, ${phase.decrypted.size} have done it.`,
          )
        : next('decrypt', 'The tally is on the board: verify the record and decrypt with “decrypt”.')
    case 'ended':
      return next(
        'nothing',
        phase.ended === 'aborted' ? 'The election was aborted.' : 'The result is published.',
      )
  }

  function remedy(own: number): string {
    if (phase.decrypted.has(own))
      return 'It could decrypt a second tally: replace it by the file that you decrypted with.'
    const newest = 'Use the newest copy of your file.'
    return phase.stage === 'setup'
      ? `${newest} If there is none, ask the administrators to restart the ceremony.`
      : `${newest} If there is none, you cannot decrypt: tell the other trustees.`
  }

  function nextOfCeremony(own: number): Standing['next'] {
    const { attempt } = phase
    const n = definition.manifest.trustees.length
    if (attempt.complaint !== undefined)
      return next(
        'wait',
        `Attempt ${attempt.number} ended with a complaint of ${titleOf(definition, attempt.complaint.index)}: see “judge”. The administrators must restart the ceremony.`,
      )
    if (!attempt.joined.has(own)) return next('join', `Join attempt ${attempt.number} with “join”.`)
    if (attempt.joined.size < n)
      return next('wait', `${attempt.joined.size} of ${n} trustees have joined: wait for the others.`)
    if (!attempt.dealt.has(own)) return next('deal', 'All have joined: deal with “deal”.')
    if (attempt.dealt.size < n)
      return next('wait', `${attempt.dealt.size} of ${n} trustees have dealt: wait for the others.`)
    if (attemptOf(state, definition.id, attempt.number)?.complained !== undefined)
      return next('complain', 'Your complaint is not on the board yet: send it again with “complain”.')
    if (!attempt.confirmed.has(own))
      return next('confirm', 'All have dealt: verify what they dealt with “confirm”.')
    return attempt.confirmed.size < n
      ? next('wait', `Your part is done: ${attempt.confirmed.size} of ${n} trustees have confirmed.`)
      : next(
          'wait',
          'The ceremony is done. You are needed again when voting is closed and tallied. Keep your file and its passphrase.',
        )
  }
}
