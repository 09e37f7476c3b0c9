import {
  type SealedBallot,
  type Voter,
  castBallot,
  httpConnection,
  identifyVoter,
  openElection,
  sealBallot,
} from '@cista/client'
import type { Choice, Contest } from '@cista/protocol'
import { openDemoElection } from '../demo/setup.js'

export interface CastFigures {
  readonly name: string
  readonly ballots: number
  readonly perSecond: number
  /** Milliseconds from request to receipt. */
  readonly median: number
  readonly slowest: number
}

/** Ballots under way at once. */
const clients = 16

/** Ballots accepted per second, end to end over HTTP on the embedded database; they are made before the clock starts. */
export async function measureCasting(
  name: string,
  contest: Contest,
  choice: Choice,
  ballots: number,
): Promise<CastFigures> {
  const election = await openDemoElection({
    title: 'Bench',
    language: Object.keys(contest.title)[0]!,
    contest,
    people: Array.from({ length: ballots }, (_, i) => `Voter ${i + 1}`),
    trustees: 1,
    threshold: 1,
    say: () => undefined,
  })
  try {
    await election.waitFor('open')
    const connection = httpConnection(election.server.url, election.id, fetch)
    const opened = await openElection(connection, election.id)
    const sealed: { readonly voter: Voter; readonly ballot: SealedBallot }[] = []
    for (const code of election.codes) {
      const identified = await identifyVoter(connection, opened, code)
      if ('fault' in identified) throw new Error(identified.why)
      const composed = sealBallot(opened, identified.voter, { [contest.id]: choice })
      if ('faults' in composed) throw new Error(composed.faults[0]!.why)
      sealed.push({ voter: identified.voter, ballot: composed.ballot })
    }
    const times: number[] = []
    let next = 0
    const client = async () => {
      while (next < sealed.length) {
        const { voter, ballot } = sealed[next++]!
        const from = performance.now()
        const outcome = await castBallot(connection, opened, voter, ballot)
        if (outcome.kind === 'refused') throw new Error(outcome.problem.detail)
        times.push(performance.now() - from)
      }
    }
    const started = performance.now()
    await Promise.all(Array.from({ length: clients }, client))
    const seconds = (performance.now() - started) / 1000
    times.sort((a, b) => a - b)
    return {
      name,
      ballots,
      perSecond: ballots / seconds,
      median: times[Math.floor(times.length / 2)]!,
      slowest: times.at(-1)!,
    }
  } finally {
    await election.end()
  }
}
