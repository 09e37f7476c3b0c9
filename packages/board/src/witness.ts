// Specification: 05 Witnesses
// C2SP tlog-witness: what a board sends to a witness, and what comes back.
import { concat, fromHex, toBase64 } from './bytes.js'
import { type Checkpoint, parseCheckpoint, parseDecimal, parseHash } from './checkpoint.js'
import { DecodeError } from './codec.js'
import { limits } from './limits.js'
import { parseNote, parseVerifierKey } from './note.js'
import type { ConsistencyProof } from './tree.js'

/** The body of `POST <prefix>/add-checkpoint`. */
export interface AddCheckpoint {
  /** Size of the tree that the witness cosigned last, as far as the sender knows; 0 for none. */
  readonly old: number
  /** From `old` to the checkpoint's size; empty where they are the same, and from 0. */
  readonly proof: ConsistencyProof
  /** The checkpoint, signed by its board; it may bear other lines, too. */
  readonly note: string
}

/** Bytes of the longest request: the line of the old size, the proof's lines, the blank line and the note. */
export const addCheckpointBytes = 'old \n'.length + 16 + limits.consistencyHashes * 45 + 1 + limits.noteBytes

/** Media type of a 409's body. */
export const treeSizeType = 'text/x.tlog.size'

export function formatAddCheckpoint({ old, proof, note }: AddCheckpoint): string {
  return `old ${old}\n${proof.map((hash) => `${toBase64(hash)}\n`).join('')}\n${note}`
}

/**
 * Form only: neither signatures nor proof are verified, and the old size may be any.
 * @throws {DecodeError} also on a checkpoint that no board of ours could have signed, as one with extension lines.
 */
export function parseAddCheckpoint(
  text: string,
  path = 'request',
): AddCheckpoint & { readonly checkpoint: Checkpoint } {
  if (text.length > addCheckpointBytes) throw new DecodeError(path, 'too long')
  const blank = text.indexOf('\n\n')
  if (blank < 0) throw new DecodeError(path, 'no blank line before the checkpoint')
  const [first, ...hashes] = text.slice(0, blank).split('\n')
  if (!first?.startsWith('old ')) throw new DecodeError(path, 'no old size in the first line')
  if (hashes.length > limits.consistencyHashes) throw new DecodeError(path, 'too many hashes')
  const note = text.slice(blank + 2)
  return {
    old: parseDecimal(first.slice('old '.length), limits.entries, `${path} old size`),
    proof: hashes.map((hash, i) => parseHash(hash, `${path} hash ${i + 1}`)),
    note,
    checkpoint: parseCheckpoint(parseNote(note, `${path} checkpoint`).body, `${path} checkpoint`),
  }
}

/** The body of a 409: the size of the tree that the witness cosigned last. */
export function formatTreeSize(size: number): string {
  return `${size}\n`
}

/** @throws {DecodeError} unless `text` is what `formatTreeSize` gives for some size. */
export function parseTreeSize(text: string, path = 'tree size'): number {
  if (!text.endsWith('\n')) throw new DecodeError(path, 'no newline at the end')
  return parseDecimal(text.slice(0, -1), limits.entries, path)
}

/**
 * The note without the lines of other keys, which C2SP would have everyone ignore. No signature is verified.
 * @param keys verifier keys. @throws {DecodeError} if no line is left.
 */
export function keepSignatures(note: string, keys: readonly string[], path = 'note'): string {
  const kept = new Set(keys.map((vkey) => nameAndId(parseVerifierKey(vkey))))
  const { body, signatures } = parseNote(note, path)
  const lines = signatures
    .filter((signature) => kept.has(nameAndId(signature)))
    .map(({ name, id, bytes }) => `— ${name} ${toBase64(concat(fromHex(id), bytes))}\n`)
  if (lines.length === 0) throw new DecodeError(path, 'no signature by a known key')
  return `${body}\n${lines.join('')}`
}

const nameAndId = ({ name, id }: { readonly name: string; readonly id: string }): string => `${name}+${id}`
