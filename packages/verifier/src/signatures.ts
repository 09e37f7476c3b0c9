// Specification: 03 Signatures in entries · 07 Who signs · 09 V3 Entries
import { type Signature, fromBase64url, fromHex, payloadHash } from '@cista/board'
import { type BatchItem, ristretto255, signatureItem, verifyBatch } from '@cista/crypto'
import {
  type EntryKind,
  type Manifest,
  type Payload,
  signatureTag,
  signerKey,
  signerName,
  signers,
} from '@cista/protocol'

/** A signature that stands where it may; whether it is one is still to be computed. */
export interface SignatureClaim {
  readonly at: string
  readonly key: string
  readonly tag: string
  readonly proof: string
}
export type Signed = { readonly claims: readonly SignatureClaim[] } | { readonly why: string }

/**
 * Who signed a payload of an authority, in form: the right role, each key once and in order, enough of them.
 * @param electionId also for the manifest, whose hash it is.
 */
export function authoritySignatures(
  electionId: string,
  manifest: Manifest,
  payload: Payload,
  hash: string,
  signatures: readonly Signature[],
  at: string,
): Signed {
  const role = signers[payload.kind]
  if (role === 'credential') return { why: 'not a payload of an authority' }
  if (role === 'derived')
    return signatures.length === 0
      ? { claims: [] }
      : { why: `${payload.kind} follows from the record and is not signed` }
  const allowed = allowedSigners()
  let last = -1
  for (const { by } of signatures) {
    const position = allowed.indexOf(by)
    if (position < 0) return { why: `signed by “${by}”, who does not sign ${payload.kind}` }
    if (position <= last) return { why: `“${by}” twice or out of order` }
    last = position
  }
  const quorum =
    role === 'trustee' ? 1 : (role === 'administrator' ? manifest.administrators : manifest.registrars).quorum
  if (signatures.length < quorum)
    return { why: `${signatures.length} signatures of ${role}s, ${quorum} are needed` }
  return {
    claims: signatures.map(({ by, proof }) => ({
      at,
      key: signerKey(manifest, by)!,
      tag: signatureTag(electionId, payload.kind, by, hash),
      proof,
    })),
  }

  function allowedSigners(): string[] {
    if (role === 'trustee') return [signerName('trustee', (payload.value as { index: number }).index)]
    const { keys } = role === 'administrator' ? manifest.administrators : manifest.registrars
    return keys.map((_, i) => signerName(role as 'administrator' | 'registrar', i + 1))
  }
}

/** The claims that are no signatures. */
export function falseClaims(claims: readonly SignatureClaim[]): SignatureClaim[] {
  const bad: SignatureClaim[] = []
  const items: BatchItem[] = []
  const claimed: SignatureClaim[] = []
  for (const claim of claims) {
    const item = signatureItemOf(claim)
    if (item === undefined) bad.push(claim)
    else {
      items.push(item)
      claimed.push(claim)
    }
  }
  return [...bad, ...verifyBatch(ristretto255, items).map((i) => claimed[i]!)]
}

/** Undefined where the key is no element. */
export function signatureItemOf({ key, tag, proof }: SignatureClaim): BatchItem | undefined {
  try {
    return signatureItem(fromHex(key), tag, fromBase64url(proof))
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** The one signature of a ballot's voter. */
export function ballotSignature(
  electionId: string,
  credential: string,
  payload: Uint8Array,
  signatures: readonly Signature[],
  at: string,
): Signed {
  const [only, ...others] = signatures
  if (only?.by !== 'credential' || others.length > 0)
    return { why: 'a ballot carries one signature, by “credential”' }
  const kind: EntryKind = 'ballot'
  const tag = signatureTag(electionId, kind, only.by, payloadHash(payload))
  return { claims: [{ at, key: credential, tag, proof: only.proof }] }
}
