// Specification: 10 Receipt file
import {
  type Cosignature,
  type Checkpoint,
  DecodeError,
  type Entry,
  base64url,
  decodeDocument,
  encodeDocument,
  fromBase64url,
  hex,
  limits as board,
  literal,
  object,
  parseReceipt,
  payloadHash,
  text,
  toBase64url,
  utf8,
  verifyReceipt,
} from '@cista/board'
import { type Definition, defineElection, limits } from '@cista/protocol'
import { policyOf } from './v2Board.js'

const receiptFileCodec = object({
  /** SHA-256 of `manifest`, hex. */
  election: hex(32),
  /** The entry's bytes, as text. */
  entry: text(board.entryBytes, 1),
  /** The manifest's bytes, which hold the board's key and the witnesses'. */
  manifest: base64url({ min: 1, max: limits.payloadBytes.manifest }),
  /** C2SP tlog-proof. */
  proof: text(2 * board.noteBytes, 1),
  version: literal(1),
})

/** Bytes of the longest receipt file: in JSON a line end takes two bytes, and other characters of these texts at most that. */
const longest = 2 * (board.entryBytes + 2 * board.noteBytes) + 2 * limits.payloadBytes.manifest

/** What a receipt file says, verified. */
export interface VerifiedReceipt {
  readonly definition: Definition
  /** The ballot's entry: `payload` is the tracker, `batchTime` when the board took it. */
  readonly entry: Entry
  readonly entryBytes: Uint8Array
  /** C2SP tlog-proof. */
  readonly proof: string
  /** The signed note that the proof ends in, and what it says. */
  readonly note: string
  readonly checkpoint: Checkpoint
  readonly cosignatures: readonly Cosignature[]
}

/** Canonical bytes of the file that a voter keeps. @throws {DecodeError} where they would not be one. */
export function receiptFile(
  manifest: Uint8Array,
  receipt: { readonly entry: string; readonly proof: string },
): Uint8Array {
  return encodeDocument(receiptFileCodec, {
    election: payloadHash(manifest),
    entry: receipt.entry,
    manifest: toBase64url(manifest),
    proof: receipt.proof,
    version: 1,
  })
}

/**
 * Verifies a voter's receipt by itself: nothing is asked of anybody.
 * @param election the published election id; without it, whoever reads must compare `definition.id` with that.
 * @throws {DecodeError} on anything but a receipt of a ballot; with the path `election` where it is one of another election.
 */
export function verifyReceiptFile(bytes: Uint8Array, election?: string): VerifiedReceipt {
  if (bytes.length > longest) throw new DecodeError('receipt file', `longer than ${longest} bytes`)
  const file = decodeDocument(receiptFileCodec, bytes, 'receipt file')
  const manifest = fromBase64url(file.manifest)
  if (payloadHash(manifest) !== file.election)
    throw new DecodeError('receipt file.manifest', 'not the manifest of the election that it names')
  if (election !== undefined && election !== file.election)
    throw new DecodeError('election', `a receipt of election ${file.election}, not of ${election}`)
  const definition = defineElection(manifest)
  const entryBytes = utf8(file.entry)
  const opened = verifyReceipt(entryBytes, file.proof, policyOf(definition))
  if (opened.entry.kind !== 'ballot')
    throw new DecodeError('entry.kind', `“${opened.entry.kind}”: not that of a ballot`)
  const note = parseReceipt(file.proof).checkpoint
  return { definition, entryBytes, proof: file.proof, note, ...opened }
}
