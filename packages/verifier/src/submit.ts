// Specification: 07 Submissions
import { DecodeError, type Signature, toBase64url } from '@cista/board'
import { type Scalar, sign } from '@cista/crypto'
import {
  type Course,
  type Definition,
  type EntryKind,
  type Payload,
  type Submission,
  signatureTag,
  submission,
} from '@cista/protocol'
import { talliedSums } from './derive.js'
import type { Finding } from './findings.js'
import { type BallotContext, checkBallots } from './proofs.js'
import { authoritySignatures, falseClaims } from './signatures.js'
import { toPayload } from './v3Entries.js'
import { dealingFindings } from './v4Trustees.js'
import { isElement } from './v5Roll.js'
import { decryptionFindings } from './v9Decryption.js'

export interface Signer {
  /** `administrator-1`, `trustee-3`, `credential`. */
  readonly by: string
  readonly secret: Scalar
}

/** Signs a payload; further signers may add theirs later. @param electionId for a manifest the hash of the payload itself. */
export function signSubmission(
  electionId: string,
  kind: EntryKind,
  payload: Uint8Array,
  signers: readonly Signer[],
): Submission {
  const unsigned = submission(kind, payload, [])
  return addSignatures(electionId, unsigned, signers)
}

/** The submission with more signatures, in the order that an entry has them. */
export function addSignatures(electionId: string, s: Submission, signers: readonly Signer[]): Submission {
  const added = signers.map(
    ({ by, secret }): Signature => ({
      by,
      proof: toBase64url(sign(secret, signatureTag(electionId, s.kind, by, s.hash))),
    }),
  )
  const position = ({ by }: Signature) => Number(by.split('-')[1] ?? 0)
  const signatures = [...s.signatures.filter((old) => !added.some((a) => a.by === old.by)), ...added]
  return submission(
    s.kind,
    s.payload,
    signatures.sort((a, b) => position(a) - position(b)),
  )
}

export type Submitted = { readonly payload: Payload } | { readonly findings: readonly Finding[] }

/**
 * All that can be known of a submission beside the rules of `Course`: strict decoding, signatures and quorum, the mathematics of dealings,
 * decryptions, new credentials and ballots.
 * @param context what ballots are verified against; without it nothing is said of their signatures and proofs.
 */
export function checkSubmission(
  course: Course,
  s: Submission,
  context: BallotContext | undefined,
): Submitted {
  const decoded = decodeSubmitted(course.definition, s)
  if ('findings' in decoded) return decoded
  const { payload } = decoded
  const findings =
    payload.kind === 'ballot'
      ? context === undefined
        ? []
        : checkBallots(context, [{ payload: s.payload, signatures: s.signatures }])[0]!
      : signatureFindings(course.definition, payload, s)
  if (findings.length > 0) return { findings }
  // Only for those who may sign: the mathematics of a decryption costs what its bytes do not.
  const wrong = mathematicalFindings(course, payload)
  return wrong.length === 0 ? decoded : { findings: wrong }
}

/** The strict payload, or why it is none. */
export function decodeSubmitted(definition: Definition, s: Submission): Submitted {
  try {
    return { payload: toPayload(definition, s.kind, s.payload) }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return { findings: [{ code: 'ENTRY_PAYLOAD', at: error.path, why: error.why }] }
  }
}

function signatureFindings(definition: Definition, payload: Payload, s: Submission): Finding[] {
  const { id, manifest } = definition
  const signed = authoritySignatures(id, manifest, payload, s.hash, s.signatures, 'signatures')
  if ('why' in signed) return [{ code: 'SIGNATURE_SIGNERS', at: 'signatures', why: signed.why }]
  return falseClaims(signed.claims).map(({ at }) => ({
    code: 'SIGNATURE_INVALID',
    at,
    why: 'a signature that does not fit key, election, kind and payload',
  }))
}

function mathematicalFindings({ definition, phase }: Course, payload: Payload): Finding[] {
  switch (payload.kind) {
    case 'trustee-dealt': {
      const joined = phase.attempt.joined.get(payload.value.index)
      return dealingFindings(definition, payload.value, joined?.commitment, 'trustee-dealt')
    }
    case 'decrypted': {
      const { tallied, opened } = phase
      if (tallied === undefined || opened === undefined) return []
      const sums = { leaf: tallied.leaf, alphas: talliedSums(tallied.value).alphas }
      return decryptionFindings(
        { key: opened.value.key, trustees: opened.value.trustees },
        sums,
        payload.value,
        'decrypted',
      )
    }
    case 'roll':
      return badKeys(payload.value.credentials.map((c) => c.key))
    case 'roll-changed':
      return badKeys([...payload.value.added.map((a) => a.key), ...payload.value.rekeyed.map((r) => r.to)])
    default:
      return []
  }
}

const badKeys = (keys: readonly string[]): Finding[] =>
  keys
    .filter((key) => !isElement(key))
    .map((key) => ({ code: 'ROLL_KEY', at: `credential ${key}`, why: 'not the encoding of a key' }))
