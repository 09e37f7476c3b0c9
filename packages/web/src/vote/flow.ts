import { type Choices, contestsOf } from '@cista/client'
import type { Choice, Contest } from '@cista/protocol'
import type {
  CastView,
  CodeFault,
  ElectionView,
  ReceiptView,
  SealedView,
  VoterView,
} from '../engine/views.js'
import type { FailureView } from '../worker/call.js'

/** Somebody whose code may vote. */
export type Voter = Extract<VoterView, { kind: 'voter' }>

/** Where a voter is. One thing a page. */
export type Step =
  /** A code can be typed while the election is opened. */
  | { readonly at: 'opening' }
  /** Sent already, before this page was loaded: nothing is asked until it is known what came of it. */
  | { readonly at: 'finding-out' }
  | { readonly at: 'failed'; readonly failure: FailureView }
  /** Voting is not possible now, or never. */
  | { readonly at: 'shut' }
  | {
      readonly at: 'code'
      readonly fault?: CodeFault
      readonly busy?: boolean
      readonly failure?: FailureView
    }
  | { readonly at: 'welcome' }
  /** @property changing from the review, and back there. */
  | { readonly at: 'contest'; readonly n: number; readonly changing?: true }
  | { readonly at: 'review' }
  | { readonly at: 'sealing' }
  /** @property testable false after a reload: then nobody knows any more how the ballot was made. */
  | { readonly at: 'decide'; readonly sealed: SealedView; readonly testable: boolean }
  | { readonly at: 'sending'; readonly sealed: SealedView }
  | { readonly at: 'cast'; readonly receipt: ReceiptView }
  | {
      readonly at: 'not-cast'
      readonly sealed: SealedView
      readonly outcome: Exclude<CastView, { kind: 'cast' }>
    }
  /** @property reveal undefined until the second device has the tracker. */
  | { readonly at: 'test'; readonly sealed: SealedView; readonly reveal?: string }

export interface Flow {
  readonly step: Step
  readonly election?: ElectionView
  readonly voter?: Voter
  readonly choices: Choices
  /** That the page was loaded again while choosing: what was chosen is not kept. */
  readonly reloaded: boolean
}

/** Points for an option. Every object has a “constructor”, which an option may be named. */
export const pointsFor = (id: string, { points }: Extract<Choice, { kind: 'score' }>): number =>
  Object.hasOwn(points, id) ? points[id]! : 0

/** How many options a choice names, or how many points it gives. */
export function amountOf(choice: Choice): number {
  if (choice.kind === 'selection') return choice.selected.length
  if (choice.kind === 'ranking') return choice.ranked.length
  return Object.values(choice.points).reduce((sum, n) => sum + n, 0)
}

/** How many more options a contest needs before it is a vote. */
export const missing = (contest: Contest, choice: Choice): number =>
  contest.kind === 'score' ? 0 : Math.max(0, contest.min - amountOf(choice))

/** How much a contest allows: options, or points where there is a limit to all of them. */
export const allowed = (contest: Contest): number | undefined =>
  contest.kind === 'score' ? contest.budget : contest.max

/** Where “Back” leads; undefined where there is no way back. */
export function stepBefore({ step, election, voter }: Flow): Step | undefined {
  if (election === undefined || voter === undefined) return undefined
  const last = contestsOf(election.manifest, voter.style).length - 1
  switch (step.at) {
    case 'contest':
      if (step.changing) return { at: 'review' }
      return step.n === 0 ? { at: 'welcome' } : { at: 'contest', n: step.n - 1 }
    case 'review':
      return { at: 'contest', n: last }
    case 'decide':
      return step.testable ? { at: 'review' } : undefined
    case 'test':
      return step.reveal === undefined ? { at: 'decide', sealed: step.sealed, testable: true } : undefined
    default:
      return undefined
  }
}

/** Why a ballot is not on the board, as far as the voter can do something about it. */
export type Refused = 'replaced' | 'revisions' | 'cancelled' | 'closed' | 'roll' | 'other'
export function refusedOf(codes: readonly string[]): Refused {
  const has = (...some: string[]) => some.some((code) => codes.includes(code))
  if (has('BALLOT_REPLACES')) return 'replaced'
  if (has('BALLOT_REVISIONS')) return 'revisions'
  if (has('BALLOT_CANCELLED')) return 'cancelled'
  if (has('PHASE', 'TIME')) return 'closed'
  return has('BALLOT_CREDENTIAL', 'BALLOT_STYLE') ? 'roll' : 'other'
}
