// Specification: 10 Disputes
import {
  type Checkpoint,
  DecodeError,
  type RecordSource,
  checkpointPath,
  decodeText,
  equalBytes,
  openCheckpoint,
} from '@cista/board'
import { type BallotClass, type Course, countBallots } from '@cista/protocol'
import { judgeContinuation } from './continuation.js'
import type { Finding } from './findings.js'
import { followRecord } from './follow.js'
import { Unreachable } from './http.js'
import { type VerifiedReceipt, verifyReceiptFile } from './receiptFile.js'
import { policyOf } from './v2Board.js'
import type { SeenCheckpoint } from './watchEvents.js'

/** Who is at fault where a voter has a receipt. Checkpoints are signed notes. */
export type Dispute =
  /** Nobody can be accused with this file. */
  | { readonly kind: 'receipt-invalid'; readonly at: string; readonly why: string }
  | { readonly kind: 'unreachable'; readonly why: string }
  /** What is there is not signed by this board: another address, or another board in its place. */
  | { readonly kind: 'other-board'; readonly receipt: VerifiedReceipt; readonly why: string }
  /** `standing` is what the count makes of the ballot, as the board stands now. */
  | { readonly kind: 'on-board'; readonly receipt: VerifiedReceipt; readonly standing: BallotClass }
  /** Fewer entries than the receipt's checkpoint: lost, or an old copy. Two such checkpoints convict nobody. */
  | { readonly kind: 'server-behind'; readonly receipt: VerifiedReceipt; readonly theirs: string }
  | { readonly kind: 'server-forked'; readonly receipt: VerifiedReceipt; readonly evidence: Evidence }
  /** The files that the board shows do not prove the checkpoint that it shows, or are no record. */
  | {
      readonly kind: 'server-inconsistent'
      readonly receipt: VerifiedReceipt
      readonly theirs: string
      readonly findings: readonly Pick<Finding, 'at' | 'why'>[]
    }

/** Two checkpoints that the board has signed and that cannot be of one history. */
export interface Evidence {
  readonly first: SeenCheckpoint
  readonly second: SeenCheckpoint
}

type Opened = SeenCheckpoint & { readonly checkpoint: Checkpoint }

/**
 * Judges by a receipt file, what the board shows now, and what others have seen.
 * @param election the published election id, where it is known.
 * @throws {DecodeError} with the name of one of the others, where that is no checkpoint of this board.
 */
export async function judgeDispute(
  bytes: Uint8Array,
  source: RecordSource,
  others: readonly SeenCheckpoint[] = [],
  election?: string,
): Promise<Dispute> {
  let receipt: VerifiedReceipt
  try {
    receipt = verifyReceiptFile(bytes, election)
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return { kind: 'receipt-invalid', at: error.path, why: error.why }
  }
  const policy = policyOf(receipt.definition)
  const open = (name: string, note: string): Opened => ({
    name,
    note,
    checkpoint: openCheckpoint(note, policy, name).checkpoint,
  })
  const known = [open('the receipt', receipt.note), ...others.map(({ name, note }) => open(name, note))]
  try {
    return contradiction(receipt, known) ?? (await compareBoard(receipt, source, known, open))
  } catch (error) {
    if (error instanceof Unreachable) return { kind: 'unreachable', why: error.message }
    throw error
  }
}

/** Two checkpoints of one size with different roots. */
function contradiction(receipt: VerifiedReceipt, seen: readonly Opened[]): Dispute | undefined {
  for (const [i, second] of seen.entries()) {
    const { size, root } = second.checkpoint
    const first = seen
      .slice(0, i)
      .find(({ checkpoint }) => checkpoint.size === size && !equalBytes(checkpoint.root, root))
    if (first !== undefined) return forked(receipt, first, second)
  }
  return undefined
}

function forked(receipt: VerifiedReceipt, first: SeenCheckpoint, second: SeenCheckpoint): Dispute {
  const bare = ({ name, note }: SeenCheckpoint) => ({ name, note })
  return { kind: 'server-forked', receipt, evidence: { first: bare(first), second: bare(second) } }
}

async function compareBoard(
  receipt: VerifiedReceipt,
  source: RecordSource,
  known: readonly Opened[],
  open: (name: string, note: string) => Opened,
): Promise<Dispute> {
  const file = await source.read(checkpointPath)
  if (file === undefined) return { kind: 'unreachable', why: 'there is no file “checkpoint”' }
  let board: Opened
  try {
    board = open('the board now', decodeText(file, checkpointPath))
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return { kind: 'other-board', receipt, why: error.message }
  }
  const twice = contradiction(receipt, [...known, board])
  if (twice !== undefined) return twice
  const { note: theirs, checkpoint } = board
  const inconsistent = async (findings: readonly Pick<Finding, 'at' | 'why'>[]): Promise<Dispute> => {
    // A host of static files may take away what belongs to an older checkpoint while it is read.
    const now = await source.read(checkpointPath)
    if (now === undefined || !equalBytes(now, file))
      return { kind: 'unreachable', why: 'the record changed while it was read: ask again' }
    return { kind: 'server-inconsistent', receipt, theirs, findings }
  }
  // Whatever the board claims to have outgrown must be a beginning of it.
  for (const seen of known.filter((k) => k.checkpoint.size < checkpoint.size)) {
    const continuation = await judgeContinuation(source, seen.checkpoint, checkpoint)
    if (continuation.kind === 'forked') return forked(receipt, seen, board)
    if (continuation.kind === 'unproven') return inconsistent(continuation.findings)
  }
  if (receipt.checkpoint.size > checkpoint.size) return { kind: 'server-behind', receipt, theirs }
  // Under the checkpoint that was compared, whatever the board shows next.
  const read = async (path: string) => (path === checkpointPath ? file : source.read(path))
  try {
    const course = await followRecord({ read }, receipt.definition.id)
    return { kind: 'on-board', receipt, standing: standingOf(receipt.entry.payload, course) }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return inconsistent([{ at: error.path, why: error.why }])
  }
}

/** What the count makes of one ballot on the board. */
function standingOf(tracker: string, { definition, ballots, roll, box }: Course): BallotClass {
  const own = ballots.filter((ballot) => ballot.tracker === tracker)
  const { totals } = countBallots(definition, own, roll, box)
  return (['superseded', 'cancelled', 'void', 'counted'] as const).find((kind) => totals[kind] > 0)!
}
