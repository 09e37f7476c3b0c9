import type { Course, Stage } from '@cista/protocol'
import { type TrusteeState, attemptOf, seatOf } from './state.js'
import { titleOf } from './step.js'

export type Action = 'join' | 'deal' | 'confirm' | 'complain' | 'decrypt' | 'wait' | 'nothing'

/** Where an election stands for its trustees, and what one of them does next. */
export interface Standing {
  readonly stage: Stage
  /** 1…n; undefined if the manifest does not name this trustee. */
  readonly index: number | undefined
  readonly attempt: number
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

/** @param time RFC 3339, now. */
export function standingOf(course: Course, state: TrusteeState, time: string): Standing {
  const { definition, phase } = course
  const { attempt } = phase
  const index = seatOf(definition, state)
  return {
    stage: phase.stage,
    index,
    attempt: attempt.number,
    trustees: definition.manifest.trustees.map(({ name }, i) => ({
      name,
      joined: attempt.joined.has(i + 1),
      dealt: attempt.dealt.has(i + 1),
      confirmed: attempt.confirmed.has(i + 1),
      decrypted: phase.decrypted.has(i + 1),
    })),
    complaint: attempt.complaint && { accuser: attempt.complaint.index, accused: attempt.complaint.accused },
    next: nextStep(course, state, index, time),
  }
}

function nextStep(
  { definition, phase }: Course,
  state: TrusteeState,
  index: number | undefined,
  time: string,
): Standing['next'] {
  const next = (action: Action, text: string) => ({ action, text })
  if (index === undefined) return next('nothing', 'The manifest does not name your key.')
  if (phase.isTooLateToOpen(time))
    return next(
      'nothing',
      `The closing time ${phase.closes} passed before voting could open: the administrators can only abort.`,
    )
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
