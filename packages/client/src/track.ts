import { DecodeError } from '@cista/board'
import type { BallotClass } from '@cista/protocol'
import type { Connection } from './connection.js'
import { eligibilityOf, isCancelled } from './credential.js'
import type { OpenElection } from './election.js'
import { newerReader } from './newer.js'

/** What has become of a ballot. */
export type Tracked =
  | { readonly kind: 'missing' }
  | {
      readonly kind: 'on-board'
      readonly index: number
      readonly batchTime: string
      /** What the count makes of it, as the board stands now. */
      readonly standing: BallotClass
    }

/** Looks a ballot up on the board as it is now, verified against the history seen before. @throws {DecodeError} */
export async function trackBallot(
  connection: Connection,
  election: OpenElection,
  tracker: string,
): Promise<Tracked> {
  const index = await connection.hints.ballot(tracker)
  if (index === undefined) return { kind: 'missing' }
  const reader = await newerReader(connection, election)
  const { entry, payload } = await reader.read(index)
  if (payload.kind !== 'ballot' || entry.payload !== tracker)
    throw new DecodeError(`entry ${index}`, 'not the ballot with this tracker')
  const { credential, style } = payload.value
  const read = (at: number) => reader.read(at)
  return { kind: 'on-board', index, batchTime: entry.batchTime, standing: await standing(index) }

  async function standing(own: number): Promise<BallotClass> {
    const hints = await connection.hints.credential(credential)
    if (hints.ballot !== null && hints.ballot !== own) {
      const { payload: last } = await read(hints.ballot)
      if (hints.ballot < own || last.kind !== 'ballot' || last.value.credential !== credential)
        throw new DecodeError(`entry ${hints.ballot}`, 'not a later ballot of this credential')
      return 'superseded'
    }
    if (await isCancelled(hints, read, credential)) return 'cancelled'
    return (await eligibilityOf(connection, read, credential))?.style === style ? 'counted' : 'void'
  }
}
