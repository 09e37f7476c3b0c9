import { payloadHash } from '@cista/board'
import {
  type Course,
  type Definition,
  type EntryKind,
  type Payload,
  type PayloadOf,
  type Refusal,
  type Submission,
  encodePayload,
  signerName,
  signers,
} from '@cista/protocol'
import { addSignatures, signSubmission } from '@cista/verifier'
import type { OrganiserKey } from './keyFile.js'

/** What administrators and registrars can post, without the sequence number. */
export type OrganiserKind = Exclude<
  { [K in EntryKind]: (typeof signers)[K] extends 'administrator' | 'registrar' ? K : never }[EntryKind],
  'manifest'
>
export type ActOf<K extends OrganiserKind> = Omit<PayloadOf<K>, 'sequence'>

export type Prepared = { readonly submission: Submission } | { readonly refusal: Refusal }

/**
 * Makes the next payload of a kind, judges it as the board will, and signs it. Takes it into `course`, so that another may follow.
 * @param course what `followRecord` has checked. @param time RFC 3339, now.
 * @throws {DecodeError} where the content cannot stand in the record.
 */
export function prepareAct<K extends OrganiserKind>(
  course: Course,
  kind: K,
  act: ActOf<K>,
  key: OrganiserKey,
  time: string,
): Prepared {
  const { definition, phase } = course
  const role = signers[kind]
  const value = { ...act, sequence: phase.nextSequence(role) } as unknown as PayloadOf<K>
  const bytes = encodePayload(definition.codecs, kind, value)
  const payload = { kind, value } as unknown as Payload
  const candidate = {
    payload,
    hash: payloadHash(bytes),
    index: phase.stage === 'empty' ? 0 : 1,
    batchTime: time,
  }
  const by = seatOf(definition, key, role)
  if (by === undefined) return { refusal: notYours(key, role) }
  const refusal = course.judge(candidate)
  if (refusal !== undefined) return { refusal }
  course.apply({ ...candidate, leaf: candidate.hash })
  return { submission: signSubmission(definition.id, kind, bytes, [{ by, secret: key.secret }]) }
}

/** Signs a manifest, whose hash is the election id. */
export function signManifest(definition: Definition, bytes: Uint8Array, key: OrganiserKey): Prepared {
  const by = seatOf(definition, key, 'administrator')
  if (by === undefined) return { refusal: notYours(key, 'administrator') }
  return { submission: signSubmission(definition.id, 'manifest', bytes, [{ by, secret: key.secret }]) }
}

/** Adds a co-signer's signature. */
export function coSign(definition: Definition, draft: Submission, key: OrganiserKey): Prepared {
  const role = signers[draft.kind]
  if (role !== 'administrator' && role !== 'registrar')
    return {
      refusal: { code: 'PHASE', why: `a ${draft.kind} is not signed by administrators or registrars` },
    }
  const by = seatOf(definition, key, role)
  if (by === undefined) return { refusal: notYours(key, role) }
  return { submission: addSignatures(definition.id, draft, [{ by, secret: key.secret }]) }
}

/** How many signatures a submission of this kind still lacks. */
export function missingSignatures({ manifest }: Definition, { kind, signatures }: Submission): number {
  const set = signers[kind] === 'registrar' ? manifest.registrars : manifest.administrators
  return Math.max(0, set.quorum - signatures.length)
}

function seatOf(
  { manifest }: Definition,
  { key }: OrganiserKey,
  role: 'administrator' | 'registrar',
): string | undefined {
  const { keys } = role === 'administrator' ? manifest.administrators : manifest.registrars
  const position = keys.findIndex((k) => k.key === key)
  return position < 0 ? undefined : signerName(role, position + 1)
}

const notYours = ({ name, key }: OrganiserKey, role: string): Refusal => ({
  code: 'PHASE',
  why: `the key of ${name} (${key.slice(0, 12)}…) is not that of a ${role} of this election`,
})
