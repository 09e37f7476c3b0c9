// Specification: 09 V4 Trustees
import { fromBase64url, fromHex, sha256, toHex } from '@cista/board'
import { type Element, evaluateCommitments, ristretto255 as g, verifyPolynomial } from '@cista/crypto'
import { type Attempt, type Definition, type PayloadOf, trusteeTag } from '@cista/protocol'
import { type Checked, type Finding, type Step, type Verdict, verdict } from './findings.js'
import type { Entries } from './v3Entries.js'

export interface Keys {
  /** Election key K, hex. */
  readonly key: string
  /** Verification keys X_1 … X_n, hex. */
  readonly trustees: readonly string[]
}

/**
 * V4. Every dealing is the one its dealer committed to and proves possession of every coefficient; K and all X_j, recomputed from the
 * confirmed attempt, are those that voting was opened with.
 */
export function checkTrustees(
  definition: Definition,
  entries: Checked<Entries>,
  step: Step,
): Verdict<Keys | undefined> {
  const findings: Finding[] = []
  const commitments = new Map<string, string>()
  let looked = 0
  for (const { payload, index } of entries.placed) {
    const at = `entry ${index} (${payload.kind})`
    if (payload.kind === 'trustee-joined')
      commitments.set(`${payload.value.attempt}.${payload.value.index}`, payload.value.commitment)
    if (payload.kind !== 'trustee-dealt') continue
    looked += 1
    step(looked, 0)
    const { attempt, index: trustee } = payload.value
    findings.push(...dealingFindings(definition, payload.value, commitments.get(`${attempt}.${trustee}`), at))
  }
  const { attempt, opened } = entries.phase
  if (findings.length > 0 || opened === undefined)
    return verdict(undefined, looked, findings, opened !== undefined)
  const at = `entry ${opened.index} (opened)`
  const keys = deriveKeys(definition, attempt)
  findings.push(...openedFindings(keys, opened.value, at))
  return verdict(keys, looked, findings)
}

/** What is wrong with the keys that voting was opened with. @param keys those that the trustees made, if they made any. */
export function openedFindings(keys: Keys | undefined, opened: PayloadOf<'opened'>, at: string): Finding[] {
  if (keys === undefined) return [{ code: 'KEY_ELECTION', at, why: 'the dealings add up to no usable key' }]
  const findings: Finding[] = []
  if (opened.key !== keys.key)
    findings.push({ code: 'KEY_ELECTION', at, why: 'not the key that the trustees made' })
  keys.trustees.forEach((key, i) => {
    if (opened.trustees[i] !== key)
      findings.push({ code: 'KEY_TRUSTEE', at, why: `not the verification key of trustee ${i + 1}` })
  })
  return findings
}

/** What is wrong with a dealing. @param commitment what its dealer committed to on joining. */
export function dealingFindings(
  definition: Definition,
  dealt: PayloadOf<'trustee-dealt'>,
  commitment: string | undefined,
  at: string,
): Finding[] {
  const commitments = fromBase64url(dealt.commitments)
  const findings: Finding[] = []
  if (toHex(sha256(commitments)) !== commitment)
    findings.push({
      code: 'DEALING_COMMITMENT',
      at,
      why: `trustee ${dealt.index} deals other commitments than announced`,
    })
  const tag = trusteeTag(definition.id, dealt.attempt, dealt.index)
  if (!verifyPolynomial(commitments, tag, fromBase64url(dealt.proof)))
    findings.push({
      code: 'DEALING_PROOF',
      at,
      why: `trustee ${dealt.index} does not prove to know every coefficient`,
    })
  return findings
}

/** K = Σ A_{i,0} and X_j = Σ_i Σ_k j^k·A_{i,k} over all n dealings; undefined where one of them would be the identity. */
export function deriveKeys({ manifest }: Definition, attempt: Attempt): Keys | undefined {
  const dealings = manifest.trustees.map((_, i) => fromBase64url(attempt.dealt.get(i + 1)!.commitments))
  const sum = (elements: readonly Element[]) => elements.reduce((a, b) => g.add(a, b), g.identity)
  const key = sum(dealings.map((commitments) => g.decode(commitments.subarray(0, 32))))
  const trustees = dealings.map((_, j) =>
    sum(dealings.map((commitments) => evaluateCommitments(commitments, j + 1))),
  )
  if ([key, ...trustees].some((e) => g.isIdentity(e))) return undefined
  return { key: toHex(g.encode(key)), trustees: trustees.map((x) => toHex(g.encode(x))) }
}

/** @throws {RangeError} on what no check has accepted. */
export const decodeKey = (hex: string): Element => g.decode(fromHex(hex))
