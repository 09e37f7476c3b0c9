// Specification: 05 Receipt
// C2SP tlog-proof: that an entry is on the board, verifiable offline.
import { toBase64 } from './bytes.js'
import {
  type CheckpointPolicy,
  type OpenedCheckpoint,
  openCheckpoint,
  parseDecimal,
  parseHash,
} from './checkpoint.js'
import { DecodeError } from './codec.js'
import { type Entry, decodeEntry, leafHash } from './entry.js'
import { limits } from './limits.js'
import { type InclusionProof, verifyInclusion } from './tree.js'

export interface Receipt {
  readonly index: number
  readonly proof: InclusionProof
  /** The signed note. */
  readonly checkpoint: string
}

const header = 'c2sp.org/tlog-proof@v1'

export function formatReceipt({ index, proof, checkpoint }: Receipt): string {
  return `${header}\nindex ${index}\n${proof.map((hash) => `${toBase64(hash)}\n`).join('')}\n${checkpoint}`
}

/** Form only. @throws {DecodeError} also on an `extra` line, which nothing would authenticate. */
export function parseReceipt(text: string, path = 'receipt'): Receipt {
  if (text.length > 2 * limits.noteBytes) throw new DecodeError(path, 'too long')
  const blank = text.indexOf('\n\n')
  if (blank < 0) throw new DecodeError(path, 'no blank line before the checkpoint')
  const [first, second, ...hashes] = text.slice(0, blank).split('\n')
  if (first !== header) throw new DecodeError(path, `not a ${header}`)
  if (!second?.startsWith('index ')) throw new DecodeError(path, 'no index in the second line')
  if (hashes.length > 64) throw new DecodeError(path, 'too many hashes')
  return {
    index: parseDecimal(second.slice('index '.length), limits.entries - 1, `${path} index`),
    proof: hashes.map((hash, i) => parseHash(hash, `${path} hash ${i + 1}`)),
    checkpoint: text.slice(blank + 2),
  }
}

/** @throws {DecodeError} unless the entry stands in the tree of a checkpoint that the policy accepts, where it says it stands. */
export function verifyReceipt(
  entryBytes: Uint8Array,
  receiptText: string,
  policy: CheckpointPolicy,
): OpenedCheckpoint & { readonly entry: Entry } {
  const { index, proof, checkpoint: note } = parseReceipt(receiptText)
  const entry = decodeEntry(entryBytes, 'entry')
  const opened = openCheckpoint(note, policy)
  if (entry.index !== index)
    throw new DecodeError('receipt index', `${index}, but the entry says ${entry.index}`)
  if (!verifyInclusion({ leaf: leafHash(entryBytes), index, proof, ...opened.checkpoint }))
    throw new DecodeError('receipt', 'the proof does not lead from the entry to the root')
  return { entry, ...opened }
}
