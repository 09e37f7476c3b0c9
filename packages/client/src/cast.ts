// Specification: 05 Receipt
import { DecodeError, type Entry, decodeText, hasLoneSurrogate, utf8, verifyReceipt } from '@cista/board'
import type { Submission } from '@cista/protocol'
import { type Problem, Unreachable, policyOf, receiptFile, signSubmission } from '@cista/verifier'
import type { SealedBallot } from './ballot.js'
import type { Connection } from './connection.js'
import type { OpenElection } from './election.js'
import { checkContinues } from './newer.js'
import type { Voter } from './voter.js'

/** That a ballot is on the board, for ever and offline: the entry, and a C2SP tlog-proof of it. Holds no choice and no randomness. */
export interface BallotReceipt {
  readonly entry: string
  readonly proof: string
}
export type CastOutcome =
  | {
      readonly kind: 'cast'
      readonly receipt: BallotReceipt
      /** Of its entry, which the receipt proves. */
      readonly index: number
      readonly batchTime: string
    }
  | { readonly kind: 'refused'; readonly problem: Problem }
export type SendOutcome =
  | CastOutcome
  /** It may be on the board or not: the same ballot sent again is taken once, and answered with its receipt. */
  | { readonly kind: 'unknown'; readonly why: string }
  /** An answer that does not prove that this ballot is on the board that was seen before: evidence. It may be there all the same. */
  | { readonly kind: 'unproven'; readonly answer: BallotReceipt; readonly why: string }

/** The ballot as it is sent: bytes that can be kept, and sent again. */
export function signBallot(election: OpenElection, voter: Voter, ballot: SealedBallot): Submission {
  const signer = { by: 'credential', secret: voter.credential.secret }
  return signSubmission(election.definition.id, 'ballot', ballot.payload, [signer])
}

/** Sends a signed ballot, once or again. Whatever comes of it is told. */
export async function sendBallot(
  connection: Connection,
  election: OpenElection,
  ballot: Submission,
): Promise<SendOutcome> {
  try {
    const outcome = await connection.post(ballot)
    if (outcome.kind === 'refused') {
      const { status, detail } = outcome.problem
      // What a server says that is busy, or fails: it may have queued the ballot already.
      return status >= 500 || status === 429 ? { kind: 'unknown', why: detail } : outcome
    }
    const answer = { entry: decodeText(outcome.entry, 'entry'), proof: outcome.receipt }
    try {
      return await proven(connection, election, answer, ballot.hash)
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      return { kind: 'unproven', answer, why: error.message }
    }
  } catch (error) {
    if (error instanceof Unreachable) return { kind: 'unknown', why: error.message }
    throw error
  }
}

/**
 * Signs and casts; casting the same ballot again gives its receipt again.
 * @throws {DecodeError} where the answer does not prove that this very ballot is on the board that was seen before: keep it as
 * evidence. `sendBallot` tells instead of throwing.
 */
export async function castBallot(
  connection: Connection,
  election: OpenElection,
  voter: Voter,
  ballot: SealedBallot,
): Promise<CastOutcome> {
  const outcome = await connection.post(signBallot(election, voter, ballot))
  if (outcome.kind === 'refused') return outcome
  const receipt = { entry: decodeText(outcome.entry, 'entry'), proof: outcome.receipt }
  return proven(connection, election, receipt, ballot.tracker)
}

async function proven(
  connection: Connection,
  election: OpenElection,
  receipt: BallotReceipt,
  tracker: string,
): Promise<CastOutcome> {
  const { entry, checkpoint } = openReceipt(election, receipt, tracker)
  await checkContinues(connection, election, checkpoint)
  const { index, batchTime } = entry
  return { kind: 'cast', receipt, index, batchTime }
}

/** The entry that a receipt proves. @throws {DecodeError} unless it is of the ballot with this tracker. */
export function checkReceipt(election: OpenElection, receipt: BallotReceipt, tracker: string): Entry {
  return openReceipt(election, receipt, tracker).entry
}

/**
 * The file that a voter keeps: the receipt and what it takes to verify it for ever (`verifyReceiptFile`, `cista-verify receipt`).
 * @param receipt one that `sendBallot`, `castBallot` or `checkReceipt` has verified.
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
