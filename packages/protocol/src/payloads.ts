// Specification: 07 Payloads
import {
  type Codec,
  DecodeError,
  type Of,
  base64url,
  boolean,
  decodeDocument,
  encodeDocument,
  hex,
  integer,
  list,
  literal,
  object,
  optional,
  pattern,
  record,
  refine,
  text,
  timestamp,
} from '@cista/board'
import { proofLength } from '@cista/crypto'
import type { BallotForm } from './forms/form.js'
import { limits } from './limits.js'
import { type Manifest, manifestCodec } from './manifest.js'
import { identifier, proseText, reasonText } from './texts.js'

/** Bytes of an age file for one X25519 recipient with 32 bytes of plaintext (C2SP age): every part has a fixed length. */
export const shareFileBytes = 'age-encryption.org/v1\n'.length + (10 + 1 + 43) + 44 + (4 + 43 + 1) + 16 + 48

export const noReplaced = '0'.repeat(64)

const hash = hex(32)
const sequence = integer(0, limits.sequence)
const attempt = integer(1, limits.attempts)
const count = integer(0, limits.entries)
const reason = reasonText
const note = text(65_536, 1)
const rolled = object({ key: hash, style: identifier, weight: integer(1, limits.total) })

/** The codecs of an election: what the manifest fixes (lengths, numbers of things) is part of them. */
export function payloadCodecs(
  electionId: string,
  manifest: Manifest,
  forms: readonly BallotForm[],
  styles: ReadonlyMap<string, readonly number[]>,
) {
  const { trustees, threshold } = manifest
  const trustee = integer(1, trustees.length)
  const outputs = Math.max(...forms.map((form) => form.outputs.length))
  const largest = {
    ciphertexts: Math.max(...forms.map((form) => 64 * form.cells)),
    proof: Math.max(...forms.map(proofLength)),
  }
  const ballot = object({
    contests: list(
      object({
        ciphertexts: base64url({ max: largest.ciphertexts }),
        proof: base64url({ max: largest.proof }),
      }),
      { min: 1, max: forms.length },
    ),
    credential: hash,
    election: literal(electionId),
    /** Tracker of the ballot that this one replaces; zeros if none. */
    replaces: hash,
    style: identifier,
  })
  return {
    manifest: manifestCodec,
    'trustee-joined': object({
      attempt,
      /** SHA-256 of the coming `commitments`. */
      commitment: hash,
      index: trustee,
      recipient: pattern(/age1[02-9ac-hj-np-z]{58}/, 'an X25519 recipient of age', 62),
      sequence,
    }),
    'trustee-dealt': object({
      attempt,
      /** A_0 ‖ … ‖ A_{t−1}. */
      commitments: base64url(32 * threshold),
      index: trustee,
      /** Relation TrusteeKey. */
      proof: base64url(64 * threshold),
      sequence,
      /** One age file per trustee, in their order, own included. */
      shares: list(base64url(shareFileBytes), { min: trustees.length, max: trustees.length }),
    }),
    'trustee-confirmed': object({ attempt, dealt: hash, index: trustee, sequence }),
    'trustee-complained': object({
      accused: trustee,
      attempt,
      identity: pattern(/AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}/, 'an X25519 identity of age', 74),
      index: trustee,
      sequence,
    }),
    'ceremony-restarted': object({ attempt, reason, sequence }),
    roll: object({ credentials: list(rolled, { min: 1, max: limits.rollChunk }), sequence }),
    'roll-sealed': object({
      chunks: count,
      credentials: count,
      reference: optional(proseText),
      sequence,
      weight: integer(0, limits.total),
    }),
    opened: object({
      checkpoint: note,
      /** Election key K. */
      key: hash,
      /** Verification keys X_1 … X_n. */
      trustees: list(hash, { min: trustees.length, max: trustees.length }),
    }),
    ballot: refine(ballot, ({ style, contests }) => {
      const shown = styles.get(style)
      if (shown === undefined) return `no ballot style “${style}”`
      if (contests.length !== shown.length) return `${contests.length} contests instead of ${shown.length}`
      for (const [i, { ciphertexts, proof }] of contests.entries()) {
        const form = forms[shown[i]!]!
        if (ciphertexts.length !== base64Length(64 * form.cells))
          return `contests[${i}].ciphertexts of a wrong length`
        if (proof.length !== base64Length(proofLength(form))) return `contests[${i}].proof of a wrong length`
      }
      return undefined
    }),
    'roll-changed': object({
      added: list(rolled, { max: limits.rollChunk }),
      reason,
      rekeyed: list(object({ from: hash, to: hash }), { max: limits.rollChunk }),
      removed: list(hash, { max: limits.rollChunk }),
      restyled: list(object({ key: hash, style: identifier }), { max: limits.rollChunk }),
      reweighted: list(object({ key: hash, weight: integer(1, limits.total) }), { max: limits.rollChunk }),
      sequence,
    }),
    cancelled: object({ credential: hash, reason, sequence }),
    extended: object({ closes: timestamp, reason, sequence }),
    'close-requested': object({ reason, sequence }),
    closed: object({ ballots: count, checkpoint: note, entries: count }),
    reconciled: object({ cancellations: count, sequence }),
    tallied: object({
      /** Root of the tree over the sorted (credential ‖ counted tracker). */
      root: hash,
      units: list(
        object({
          cancelled: count,
          counted: count,
          /** α ‖ β of every output; empty if withheld. */
          sums: base64url({ max: 64 * outputs }),
          superseded: count,
          unit: identifier,
          void: count,
          withheld: boolean,
        }),
        { min: manifest.units.length, max: manifest.units.length },
      ),
    }),
    decrypted: object({
      index: trustee,
      /** Relation PartialDecryption: 32 bytes per output of every published unit and one more, then 32. */
      proof: base64url({ min: 64, max: 32 * (2 + outputs * manifest.units.length) }),
      sequence,
      /** M of every output of every published unit, in order. */
      shares: base64url({ max: 32 * outputs * manifest.units.length }),
    }),
    result: object({
      units: list(
        object({
          /** Of every output, in order; empty if withheld. */
          totals: list(integer(0, limits.total), { max: outputs }),
          unit: identifier,
          withheld: boolean,
        }),
        { min: manifest.units.length, max: manifest.units.length },
      ),
    }),
    aborted: object({ reason, sequence }),
    notice: object({ sequence, text: proseText }),
    'page-changed': object({
      page: record(pattern(/[\w.-]+(?:\/[\w.-]+)*/, 'a path', 200), hash, { max: limits.pageFiles }),
      reason,
      sequence,
    }),
  } as const
}
export type PayloadCodecs = ReturnType<typeof payloadCodecs>
export type EntryKind = keyof PayloadCodecs
export type PayloadOf<K extends EntryKind> = Of<PayloadCodecs[K]>
/** A payload with its kind, told apart by `kind`. */
export type Payload = { [K in EntryKind]: { readonly kind: K; readonly value: PayloadOf<K> } }[EntryKind]

export type Ballot = PayloadOf<'ballot'>
export type RolledCredential = Of<typeof rolled>

export const entryKinds = Object.keys(limits.payloadBytes) as EntryKind[]
export const isEntryKind = (kind: string): kind is EntryKind => Object.hasOwn(limits.payloadBytes, kind)

/** @throws {DecodeError} unless the bytes are a canonical payload of this kind within its limit. */
export function decodePayload<K extends EntryKind>(
  codecs: PayloadCodecs,
  kind: K,
  bytes: Uint8Array,
): PayloadOf<K> {
  const max = limits.payloadBytes[kind]
  if (bytes.length > max) throw new DecodeError(kind, `${bytes.length} bytes, at most ${max} are allowed`)
  return decodeDocument(codecs[kind] as unknown as Codec<PayloadOf<K>>, bytes, kind)
}

/** @throws {DecodeError} if the value is not one that decodes, or is too large. */
export function encodePayload<K extends EntryKind>(
  codecs: PayloadCodecs,
  kind: K,
  value: PayloadOf<K>,
): Uint8Array {
  const bytes = encodeDocument(codecs[kind] as unknown as Codec<PayloadOf<K>>, value)
  const max = limits.payloadBytes[kind]
  if (bytes.length > max) throw new DecodeError(kind, `${bytes.length} bytes, at most ${max} are allowed`)
  return bytes
}

const base64Length = (bytes: number): number => Math.ceil((bytes * 4) / 3)
