// Specification: 05 Receipt
import { DecodeError, type Entry, decodeText, hasLoneSurrogate, utf8, verifyReceipt } from '@cista/board'
import type { BallotClass } from '@cista/protocol'
import { type Problem, policyOf, receiptFile, signSubmission } from '@cista/verifier'
import type { SealedBallot } from './ballot.js'
import type { Connection } from './connection.js'
import { eligibilityOf, isCancelled } from './credential.js'
import type { OpenElection } from './election.js'
import { checkContinues, newerReader } from './newer.js'
import type { Voter } from './voter.js'

/** That a ballot is on the board, for ever and offline: the entry, and a C2SP tlog-proof of it. Holds no choice and no randomness. */
export interface BallotReceipt {
  readonly entry: string
  readonly proof: string
}
export type CastOutcome =
  | { readonly kind: 'cast'; readonly receipt: BallotReceipt; readonly index: number }
  | { readonly kind: 'refused'; readonly problem: Problem }

/**
 * Signs and casts; casting the same ballot again gives its receipt again.
 * @throws {DecodeError} where the answer does not prove that this very ballot is on the board that was seen before: keep it as
 * evidence.
 */
export async function castBallot(
  connection: Connection,
  election: OpenElection,
  voter: Voter,
  ballot: SealedBallot,
): Promise<CastOutcome> {
  const signer = { by: 'credential', secret: voter.credential.secret }
  const outcome = await connection.post(
    signSubmission(election.definition.id, 'ballot', ballot.payload, [signer]),
  )
  if (outcome.kind === 'refused') return outcome
  const receipt = { entry: decodeText(outcome.entry, 'entry'), proof: outcome.receipt }
  const { entry, checkpoint } = openReceipt(election, receipt, ballot.tracker)
  await checkContinues(connection, election, checkpoint)
  return { kind: 'cast', receipt, index: entry.index }
}

/** The entry that a receipt proves. @throws {DecodeError} unless it is of the ballot with this tracker. */
export function checkReceipt(election: OpenElection, receipt: BallotReceipt, tracker: string): Entry {
  return openReceipt(election, receipt, tracker).entry
}

/**
 * The file that a voter keeps: the receipt and what it takes to verify it for ever (`verifyReceiptFile`, `cista-verify receipt`).
 * @param receipt one that `castBallot` or `checkReceipt` has verified.
 */
export function keepReceipt({ context }: OpenElection, receipt: BallotReceipt): Uint8Array {
  return receiptFile(context.manifest, receipt)
}

function openReceipt({ definition }: OpenElection, receipt: BallotReceipt, tracker: string) {
  if (hasLoneSurrogate(receipt.entry)) throw new DecodeError('entry', 'lone surrogate')
  const opened = verifyReceipt(utf8(receipt.entry), receipt.proof, policyOf(definition))
  const { entry } = opened
  if (entry.kind !== 'ballot' || entry.payload !== tracker)
    throw new DecodeError('receipt', 'of another ballot')
  return opened
}

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
