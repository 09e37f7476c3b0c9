// Specification: 08 Decryption
import { type RecordSource, fromHex, fromTimestamp, toBase64url } from '@cista/board'
import { partialDecrypt, ristretto255 as g } from '@cista/crypto'
import { type ClassNumbers, decryptionTag } from '@cista/protocol'
import { type ExamineOptions, examineRecord } from '@cista/verifier'
import { receiveShares } from './shares.js'
import { type TrusteeState, attemptOf, electionOf, restore, seatOf, store, withElection } from './state.js'
import { type Step, done, early, notSeated, refused, signOwn } from './step.js'

/** Checks that must have passed before a share is used: everything up to the sums. */
const required = ['V1', 'V2', 'V3', 'V4', 'V5', 'V6', 'V7', 'V8']

/** What a record verified under: trustees compare it before anything is decrypted. */
export interface VerifiedTally {
  /** The three lines of the checkpoint: origin, size, root in base64. */
  readonly checkpoint: readonly string[]
  readonly ballots: Readonly<ClassNumbers>
  /** The entry `tallied`. Each leaf hash (hex) names the one before it, so that this one stands for the whole board up to it, whatever follows. */
  readonly tallied: { readonly index: number; readonly leaf: string }
}

export interface DecryptionOptions extends Pick<ExamineOptions, 'pool' | 'progress'> {
  /** Seconds since 1970 by this machine's own clock. */
  readonly now: number
  /** Asked once the record has verified and the state is known to fit; unless it says true, nothing is decrypted. */
  readonly agree?: (verified: VerifiedTally) => boolean | Promise<boolean>
}

/**
 * Verifies the whole record, V1 to V8, and decrypts the sums that this recomputed, bound to the entry `tallied`; the state
 * takes that entry's hash and refuses any other for ever. There is no other way to this trustee's share.
 * @throws {RecordUnavailable} and as the source does where it cannot be read.
 */
export async function prepareDecryption(
  source: RecordSource,
  election: string,
  state: TrusteeState,
  { now, agree, ...options }: DecryptionOptions,
): Promise<Step> {
  const { report, checked } = await examineRecord(source, { ...options, election })
  const checks = report.checks.filter(({ id }) => required.includes(id))
  const findings = checks.flatMap((check) => check.findings)
  if (findings.length > 0)
    return refused(
      'the record does not verify: nothing is decrypted. Keep a copy of it and raise the alarm',
      findings,
    )
  const { definition, board, entries, keys, count, tally } = checked
  if (definition === undefined || entries === undefined) return refused('the record has no election')
  const index = seatOf(definition, state)
  if (index === undefined) return notSeated()
  const { phase } = entries
  if (phase.ended === 'aborted') return refused('the election was aborted')
  if (phase.decrypted.has(index)) return done('your decryption is on the board')
  if (phase.ended === 'result') return done('the result is published already, your decryption is not needed')
  if (tally === undefined || keys === undefined || checks.some(({ status }) => status !== 'passed'))
    return early('nothing is tallied yet')
  const verified = (): VerifiedTally => ({
    checkpoint: board!.note.split('\n').slice(0, 3),
    ballots: count!.totals,
    tallied: {
      index: entries.placed.find(({ payload }) => payload.kind === 'tallied')!.index,
      leaf: tally.leaf,
    },
  })
  const disagreed = async () => agree !== undefined && !(await agree(verified()))
  // The board's times are its own word: one that has closed before its time shows a tally of the few who have voted so far.
  const closed = entries.placed.find(({ payload }) => payload.kind === 'closed')!
  if (fromTimestamp(closed.batchTime) > now + definition.manifest.tolerance)
    return refused(
      `the board says that voting closed at ${closed.batchTime}, which is still to come: nothing is decrypted. If this machine's clock is right, keep a copy of the record and raise the alarm`,
    )
  if (tally.alphas.length === 0) return done('every unit is withheld: there is nothing to decrypt')

  const own = electionOf(state, election)
  if (own.tallied !== undefined && own.tallied !== tally.leaf)
    return refused(
      'you have decrypted another tally of this election, and no second one ever. Keep a copy of this record and raise the alarm',
    )
  if (own.decrypted !== undefined)
    return (await disagreed()) ? left : { kind: 'ready', state, submission: restore(own.decrypted) }
  const attempt = attemptOf(state, election, phase.attempt.number)
  if (attempt === undefined)
    return refused(
      `this file has no keys of attempt ${phase.attempt.number}: use the newest copy of your file`,
    )
  const received = await receiveShares(phase.attempt, index, attempt.identity)
  if ('faults' in received)
    return refused(`this file does not open the shares dealt to you in attempt ${attempt.number}`)
  const key = g.decode(fromHex(keys.trustees[index - 1]!))
  if (!g.equals(g.mulSecret(g.base, received.share), key))
    return refused('your share does not fit your verification key in this election')
  if (await disagreed()) return left
  const { shares, proof } = partialDecrypt(received.share, tally.alphas, decryptionTag(tally.leaf, index))
  const submission = signOwn(definition, state, index, 'decrypted', {
    index,
    proof: toBase64url(proof),
    sequence: phase.nextSequence('trustee', index),
    shares: toBase64url(shares),
  })
  const released = { ...own, tallied: tally.leaf, decrypted: store(submission) }
  return { kind: 'ready', state: withElection(state, election, released), submission }
}

const left = done('nothing was decrypted, as it was not agreed to')
