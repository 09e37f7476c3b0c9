// Specification: 05 Witnesses
import {
  type AddCheckpoint,
  type Checkpoint,
  DecodeError,
  equalBytes,
  fromUtf8,
  keepSignatures,
  openCheckpoint,
  parseAddCheckpoint,
  rootOf,
  verifyConsistency,
} from '@cista/board'
import type { Boards } from './elections.js'
import type { Cosigned } from './state.js'

/** A request whose form is right, with the note that its board signed and no line of others. */
export interface Signed extends AddCheckpoint {
  readonly checkpoint: Checkpoint
}
/** Why a witness does not cosign, by the status of tlog-witness. */
export type Refused =
  | { readonly kind: 'malformed'; readonly why: string }
  | { readonly kind: 'unsigned'; readonly origin: string }
  | { readonly kind: 'unknown'; readonly origin: string }
  /** The old size is not that of the checkpoint cosigned last, which is `size`. */
  | { readonly kind: 'stale'; readonly origin: string; readonly size: number }
  /** Nothing shows that the board has only grown: anybody can send a wrong proof. */
  | { readonly kind: 'unproven'; readonly origin: string }
  /** The board has signed two trees of one size; its notes convict it. Of an empty tree one is enough: that has only one root. */
  | { readonly kind: 'forked'; readonly origin: string; readonly notes: readonly string[] }

/** What can be said without knowing what was cosigned before. */
export function readRequest(body: Uint8Array, boards: Boards): Signed | Refused {
  let request
  try {
    request = parseAddCheckpoint(fromUtf8(body))
  } catch (error) {
    if (error instanceof DecodeError || error instanceof RangeError)
      return { kind: 'malformed', why: error.message }
    throw error
  }
  const { origin, size } = request.checkpoint
  const board = boards.get(origin)
  if (board === undefined) return { kind: 'unknown', origin }
  let note
  try {
    note = keepSignatures(request.note, [board])
    openCheckpoint(note, { board, witnesses: [], quorum: 0 })
  } catch (error) {
    if (error instanceof DecodeError) return { kind: 'unsigned', origin }
    throw error
  }
  if (request.old > size) return { kind: 'malformed', why: 'the old size is larger than the checkpoint' }
  return { ...request, note }
}

/** Why the witness does not cosign after `last`, if so. @param last what it cosigned before; undefined for nothing. */
export function judge(
  { checkpoint, old, proof, note }: Signed,
  last: Cosigned | undefined,
): Refused | undefined {
  const { origin, size, root } = checkpoint
  const known = last?.checkpoint ?? { size: 0, root: rootOf([]) }
  if (old !== known.size) return { kind: 'stale', origin, size: known.size }
  if (size === known.size && !equalBytes(root, known.root))
    return { kind: 'forked', origin, notes: last === undefined ? [note] : [last.note, note] }
  // Everything extends an empty tree.
  const grown =
    known.size === 0 ? proof.length === 0 : verifyConsistency({ from: known, to: checkpoint, proof })
  return grown ? undefined : { kind: 'unproven', origin }
}
