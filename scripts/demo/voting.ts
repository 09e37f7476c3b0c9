import {
  type Connection,
  type OpenElection,
  type Voter,
  auditBallot,
  castBallot,
  httpConnection,
  identifyVoter,
  openElection,
  sealBallot,
  trackBallot,
} from '@cista/client'
import type { Choice } from '@cista/protocol'
import { detail, progressOf } from './console.js'

/** Every so many-th voter changes their mind once. */
const revoteEvery = 20
/** Ballots under way at once: while some are encrypted here, the server verifies others. */
const underWay = 6

export interface DemoVoter {
  readonly code: string
  readonly choice: Choice
}

/**
 * Casts every ballot through the client library, over HTTP: the first voter tests a ballot before casting, some vote twice.
 * @returns how many ballots were cast.
 */
export async function castAll(
  server: string,
  id: string,
  contest: string,
  voters: readonly DemoVoter[],
): Promise<number> {
  const connection = httpConnection(server, id, fetch)
  const election = await openElection(connection, id)
  const revotes = voters.filter((_, i) => isRevote(i)).length
  const total = voters.length + revotes
  const progress = progressOf('ballots cast', total)
  let done = 0
  let next = 0
  const one = async () => {
    while (next < voters.length) {
      const i = next++
      const { code, choice } = voters[i]!
      if (i === 0) await auditFirst(election, await voterOf(connection, election, code), contest, choice)
      // A first thought, replaced by the real ballot below.
      if (isRevote(i)) {
        await castOne(connection, election, code, contest, voters[(i + 1) % voters.length]!.choice)
        progress((done += 1))
      }
      const tracker = await castOne(connection, election, code, contest, choice)
      if (i === 0) await trackFirst(connection, election, tracker)
      progress((done += 1))
    }
  }
  await Promise.all(Array.from({ length: underWay }, one))
  return total
}

const isRevote = (i: number): boolean => i % revoteEvery === revoteEvery - 1

async function voterOf(connection: Connection, election: OpenElection, code: string): Promise<Voter> {
  const identified = await identifyVoter(connection, election, code)
  if ('fault' in identified) throw new Error(`a voter is turned away: ${identified.why}`)
  return identified.voter
}

async function castOne(
  connection: Connection,
  election: OpenElection,
  code: string,
  contest: string,
  choice: Choice,
): Promise<string> {
  const voter = await voterOf(connection, election, code)
  const composed = sealBallot(election, voter, { [contest]: choice })
  if ('faults' in composed)
    throw new Error(`a ballot is refused: ${composed.faults.map((f) => f.why).join('; ')}`)
  const outcome = await castBallot(connection, election, voter, composed.ballot)
  if (outcome.kind === 'refused') throw new Error(`the server refuses a ballot: ${outcome.problem.detail}`)
  return composed.ballot.tracker
}

/** The ballot is made again from its seed alone, as a second device would, and is then never cast. */
async function auditFirst(
  election: OpenElection,
  voter: Voter,
  contest: string,
  choice: Choice,
): Promise<void> {
  const composed = sealBallot(election, voter, { [contest]: choice })
  if ('faults' in composed) throw new Error('the ballot to test is refused')
  const { reveal, tracker } = composed.ballot
  if (!auditBallot(election, reveal, tracker))
    throw new Error('the tested ballot does not hold the choices it was made for')
  detail(
    `one voter tests a ballot first: made again from its seed, it has the same tracker ${tracker.slice(0, 12)}…`,
  )
}

async function trackFirst(connection: Connection, election: OpenElection, tracker: string): Promise<void> {
  const tracked = await trackBallot(connection, election, tracker)
  if (tracked.kind === 'missing') throw new Error('a ballot with a receipt is not on the board')
  detail(`and finds the ballot cast afterwards as entry ${tracked.index} of the board`)
}
