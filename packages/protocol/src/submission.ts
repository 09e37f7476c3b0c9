// Specification: 07 Submissions
import {
  type Of,
  DecodeError,
  base64url,
  choice,
  decodeDocument,
  encodeDocument,
  fromBase64url,
  list,
  object,
  payloadHash,
  signatureCodec,
  toBase64url,
  limits as board,
  type Signature,
} from '@cista/board'
import { limits } from './limits.js'
import { type EntryKind, entryKinds } from './payloads.js'

const largest = Math.max(...Object.values(limits.payloadBytes))

/** What is sent to the server, kept in a file until all have signed: a payload of a kind, and the signatures so far. */
export const submissionCodec = object({
  kind: choice(...entryKinds),
  payload: base64url({ min: 2, max: largest }),
  signatures: list(signatureCodec, { max: board.signatures }),
})
export type EncodedSubmission = Of<typeof submissionCodec>

export interface Submission {
  readonly kind: EntryKind
  readonly payload: Uint8Array
  /** SHA-256 of the payload, hex; for a ballot its tracker, for a manifest the election id. */
  readonly hash: string
  readonly signatures: readonly Signature[]
}

export function submission(
  kind: EntryKind,
  payload: Uint8Array,
  signatures: readonly Signature[],
): Submission {
  return { kind, payload, hash: payloadHash(payload), signatures }
}

/** Canonical JSON. */
export function encodeSubmission({ kind, payload, signatures }: Submission): Uint8Array {
  return encodeDocument(submissionCodec, { kind, payload: toBase64url(payload), signatures: [...signatures] })
}

/** @throws {DecodeError} also where the payload is larger than its kind allows; the payload itself is not decoded. */
export function decodeSubmission(bytes: Uint8Array, name = 'submission'): Submission {
  const { kind, payload, signatures } = decodeDocument(submissionCodec, bytes, name)
  const decoded = fromBase64url(payload)
  const max = limits.payloadBytes[kind]
  if (decoded.length > max)
    throw new DecodeError(`${name}.payload`, `${decoded.length} bytes, at most ${max} are allowed`)
  return submission(kind, decoded, signatures)
}
