import type { Course } from '@cista/protocol'
import { counted } from './words.js'

/** Where an election stands, and what the organisers do next, in plain words. */
export interface OrganiserStanding {
  readonly stage: Course['phase']['stage']
  readonly facts: readonly string[]
  readonly next: string
}

/** Why nothing but to abort is left; undefined while voting can still open. @param time RFC 3339, now, as `nextTime` gives it. */
export const tooLateToOpen = ({ phase }: Course, time: string): string | undefined =>
  phase.isTooLateToOpen(time)
    ? `the closing time ${phase.closes} passed before voting could open, and cannot be moved any more`
    : undefined

/** @param time RFC 3339, now, as `nextTime` gives it. */
export function organiserStanding(course: Course, time: string): OrganiserStanding {
  const { phase, roll, definition } = course
  const { manifest } = definition
  const n = manifest.trustees.length
  const late = tooLateToOpen(course, time)
  const { joined, dealt, confirmed, complaint, number } = phase.attempt
  const facts = [
    `ceremony, attempt ${number}: of ${counted(n, 'trustee')} ${joined.size} joined, ${dealt.size} dealt, ${confirmed.size} confirmed`,
    `roll: ${counted(roll.size, 'credential')} in ${counted(roll.chunks, 'chunk')}, total weight ${roll.weight}, ${phase.sealed ? 'sealed' : 'not sealed'}`,
    `voting: opens ${manifest.schedule.opens}, ${closing()}; ${counted(phase.ballots, 'ballot')}, ${counted(phase.cancellations, 'cancellation')}`,
  ]
  return { stage: phase.stage, facts, next: nextOf() }

  /** Voting that was closed on request, or aborted, did not close at its time. */
  function closing(): string {
    const { closes, stage, ended } = phase
    const planned = closes === manifest.schedule.closes ? closes : `${closes} (extended)`
    if (phase.closeRequested)
      return `${stage === 'open' ? 'closing' : 'closed'} early, on request, before ${planned}`
    if (ended === 'aborted') return `was to close ${planned}`
    return `${stage === 'empty' || stage === 'setup' || stage === 'open' ? 'closes' : 'closed'} ${planned}`
  }

  function nextOf(): string {
    switch (phase.stage) {
      case 'empty':
        return 'create: post the manifest'
      case 'setup':
        if (late !== undefined) return `abort: ${late}; begin anew with another manifest`
        if (complaint !== undefined)
          return `trustee ${complaint.index} complained about trustee ${complaint.accused}: run “cista-trustee judge”, then restart`
        if (roll.chunks === 0 && !phase.sealed) return 'roll: post the credentials'
        if (roll.size === 0) return 'change: nobody is on the sealed roll, add the credentials'
        if (!phase.sealed) return 'seal: close the roll, once every chunk is on the board'
        if (!phase.ceremonyDone) return 'nothing: the trustees are in the key ceremony'
        return `nothing: voting opens by itself at ${manifest.schedule.opens}`
      case 'open':
        return phase.closeRequested
          ? 'nothing: voting is closing'
          : `nothing: voting closes by itself at ${phase.closes}`
      case 'closed':
        return manifest.paper && !phase.reconciled
          ? 'cancel every credential whose owner voted on paper, then reconcile'
          : 'nothing: the server is adding up'
      case 'tallied':
        return phase.published === 0
          ? 'nothing: every total is withheld, the server publishes the result'
          : `nothing: the trustees decrypt; ${phase.decrypted.size} of the ${manifest.threshold} needed have done it`
      case 'ended':
        return phase.ended === 'aborted'
          ? 'nothing: the election was aborted'
          : 'publish: cista-verify verifies the result'
    }
  }
}
