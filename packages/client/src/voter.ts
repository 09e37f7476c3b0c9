import { DecodeError } from '@cista/board'
import { type Credential, type Eligible, credentialOf, noReplaced, parseCode } from '@cista/protocol'
import type { Connection } from './connection.js'
import { eligibilityOf, isCancelled } from './credential.js'
import type { OpenElection } from './election.js'
import { newerReader } from './newer.js'
import type { ProvenEntry } from './reader.js'

/** Somebody with a code, and how the board stands for them. */
export interface Voter extends Eligible {
  readonly credential: Credential
  /** Tracker of the ballot that the next one replaces; zeros if none. */
  readonly replaces: string
}
/** The ballot that a code has cast last: where on the board, and when. */
export interface LastBallot {
  readonly tracker: string
  readonly index: number
  readonly batchTime: string
}
export type Identified =
  | { readonly voter: Voter; readonly last: LastBallot | undefined }
  | { readonly fault: 'code' | 'not-on-roll' | 'cancelled'; readonly why: string }

/**
 * Finds a code's credential on the roll, each entry verified, and the ballot it has cast last.
 * @throws {DecodeError} where the server's entries do not verify.
 */
export async function identifyVoter(
  connection: Connection,
  election: OpenElection,
  code: string,
): Promise<Identified> {
  const parsed = parseCode(election.definition.id, code)
  if ('fault' in parsed) return { fault: 'code', why: parsed.why }
  const credential = credentialOf(election.definition.id, parsed.code)
  const hints = await connection.hints.credential(credential.key)
  const read = (index: number) => readFresh(connection, election, index)
  const eligible = await eligibilityOf(connection, read, credential.key)
  if (eligible === undefined)
    return { fault: 'not-on-roll', why: 'this code is not on the roll: ask who gave it to you' }
  if (await isCancelled(hints, read, credential.key))
    return { fault: 'cancelled', why: 'this code is cancelled: its owner votes on paper' }
  const last = await lastBallot()
  return { voter: { ...eligible, credential, replaces: last?.tracker ?? noReplaced }, last }

  async function lastBallot(): Promise<LastBallot | undefined> {
    if (hints.ballot === null) return undefined
    const { payload, entry } = await read(hints.ballot)
    if (payload.kind !== 'ballot' || payload.value.credential !== credential.key)
      throw new DecodeError(`entry ${hints.ballot}`, 'not a ballot of this credential')
    return { tracker: entry.payload, index: entry.index, batchTime: entry.batchTime }
  }
}

/** An entry may be younger than the checkpoint that the election was opened under: then a newer one of the same history is fetched. */
async function readFresh(
  connection: Connection,
  election: OpenElection,
  index: number,
): Promise<ProvenEntry> {
  return (
    index < election.reader.checkpoint.size ? election.reader : await newerReader(connection, election)
  ).read(index)
}
