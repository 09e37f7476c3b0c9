import { payloadHash, toTimestamp } from '@cista/board'
import {
  type Course,
  type Definition,
  type EntryKind,
  type Payload,
  type PayloadOf,
  type Refusal,
  type RolledCredential,
  type Submission,
  encodePayload,
  signerName,
  signers,
} from '@cista/protocol'
import {
  addSignatures,
  authoritySignatures,
  decodeSubmitted,
  falseClaims,
  signSubmission,
} from '@cista/verifier'
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

/**
 * The time by which a next payload is judged: this machine's, unless the board's clock is ahead of it, for time on the board never goes back.
 * @param now seconds since 1970.
 */
export function nextTime({ phase }: Course, now: number): string {
  // A notice is always legal before the end, so that only the time can be wrong with it.
  const sequence = phase.nextSequence('administrator')
  const payload = { kind: 'notice', value: { sequence, text: 'what time is it' } } as const
  const goesBack = (batchTime: string) => phase.judge({ payload, batchTime, index: 1 })?.code === 'TIME'
  let time = toTimestamp(now)
  for (let ahead = 1; goesBack(time) && ahead < 2 ** 31; ahead *= 2) time = toTimestamp(now + ahead)
  return time
}

/** Why a roll cannot be the one that the board has begun; undefined where it goes on from there. */
export function rollMismatch({ roll }: Course, sorted: readonly RolledCredential[]): string | undefined {
  if (sorted.length < roll.size)
    return `the board has ${roll.size} credentials, this roll only ${sorted.length}`
  for (const { key, style, weight } of sorted.slice(0, roll.size)) {
    const posted = roll.get(key)
    if (posted === undefined) return `the board has another roll: credential ${key} is missing there`
    if (posted.style !== style || posted.weight !== weight)
      return `the board has credential ${key} with style “${posted.style}” and weight ${posted.weight}`
  }
  return undefined
}

/** Signs a manifest, whose hash is the election id. */
export function signManifest(definition: Definition, bytes: Uint8Array, key: OrganiserKey): Prepared {
  const by = seatOf(definition, key, 'administrator')
  if (by === undefined) return { refusal: notYours(key, 'administrator') }
  return { submission: signSubmission(definition.id, 'manifest', bytes, [{ by, secret: key.secret }]) }
}

/** Adds a co-signer's signature to a draft of this election whose signatures so far are good. */
export function coSign(definition: Definition, draft: Submission, key: OrganiserKey): Prepared {
  const role = signers[draft.kind]
  if (role !== 'administrator' && role !== 'registrar')
    return {
      refusal: { code: 'PHASE', why: `a ${draft.kind} is not signed by administrators or registrars` },
    }
  const by = seatOf(definition, key, role)
  if (by === undefined) return { refusal: notYours(key, role) }
  const why = draftFault(definition, draft)
  if (why !== undefined) return { refusal: { code: 'PHASE', why } }
  return { submission: addSignatures(definition.id, draft, [{ by, secret: key.secret }]) }
}

/** What is wrong with a draft, beside that signatures may still be missing. */
export function draftFault(definition: Definition, draft: Submission): string | undefined {
  const { id, manifest } = definition
  if (draft.kind === 'manifest' && draft.hash !== id) return 'the draft is the manifest of another election'
  const decoded = decodeSubmitted(definition, draft)
  if ('findings' in decoded) {
    const { at, why } = decoded.findings[0]!
    return `the draft is no ${draft.kind} of this election: ${at}: ${why}`
  }
  const unfinished = {
    ...manifest,
    administrators: { ...manifest.administrators, quorum: 0 },
    registrars: { ...manifest.registrars, quorum: 0 },
  }
  const signed = authoritySignatures(
    id,
    unfinished,
    decoded.payload,
    draft.hash,
    draft.signatures,
    draft.kind,
  )
  if ('why' in signed) return signed.why
  return falseClaims(signed.claims).length > 0 ? 'the draft carries a signature that does not fit' : undefined
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
  why: `the key of ${name} (${key.slice(0, 12)}…) is not one of ${role === 'administrator' ? 'an' : 'a'} ${role} of this election`,
})
