import type { Course } from '@cista/protocol'

/** Where an election stands, and what the organisers do next, in plain words. */
export interface OrganiserStanding {
  readonly stage: Course['phase']['stage']
  readonly facts: readonly string[]
  readonly next: string
}

export function organiserStanding(course: Course): OrganiserStanding {
  const { phase, roll, definition } = course
  const { manifest } = definition
  const n = manifest.trustees.length
  const { joined, dealt, confirmed, complaint, number } = phase.attempt
  const facts = [
    `ceremony, attempt ${number}: ${joined.size} of ${n} trustees have joined, ${dealt.size} dealt, ${confirmed.size} confirmed`,
    `roll: ${roll.size} credentials in ${roll.chunks} chunks, total weight ${roll.weight}, ${phase.sealed ? 'sealed' : 'not sealed'}`,
    `voting: opens ${manifest.schedule.opens}, closes ${phase.closes}; ${phase.ballots} ballots, ${phase.cancellations} cancellations`,
  ]
  return { stage: phase.stage, facts, next: nextOf() }

  function nextOf(): string {
    switch (phase.stage) {
      case 'empty':
        return 'create: post the manifest'
      case 'setup':
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
        return `nothing: ${phase.decrypted.size} of at least ${manifest.threshold} trustees have decrypted`
      case 'ended':
        return phase.ended === 'aborted'
          ? 'nothing: the election was aborted'
          : 'publish: cista-verify verifies the result'
    }
  }
}
