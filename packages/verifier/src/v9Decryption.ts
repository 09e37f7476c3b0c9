// Specification: 09 V9 Decryption
import { fromBase64url } from '@cista/board'
import { type Element, ristretto255 as g, verifyPartialDecryption } from '@cista/crypto'
import { type Definition, type PayloadOf, decryptionTag } from '@cista/protocol'
import { type Checked, type Finding, type Verdict, verdict } from './findings.js'
import type { Entries } from './v3Entries.js'
import { type Keys, decodeKey } from './v4Trustees.js'
import type { Tally } from './v8Tally.js'

export interface PartialDecryption {
  readonly trustee: number
  /** M of every output of every published unit, in order. */
  readonly shares: readonly Element[]
}

/** V9. Each partial decryption is of the recomputed sums with the trustee's own share; at least t distinct trustees, none where all is withheld. */
export function checkDecryptions(
  definition: Definition,
  { placed, phase }: Checked<Entries>,
  keys: Checked<Keys>,
  tally: Checked<Tally>,
): Verdict<readonly PartialDecryption[]> {
  const accepted = new Map<number, PartialDecryption>()
  const findings: Finding[] = []
  let looked = 0
  for (const { payload, index } of placed) {
    if (payload.kind !== 'decrypted') continue
    looked += 1
    const at = `entry ${index} (decrypted)`
    const own = decryptionFindings(keys, tally, payload.value, at)
    const { index: trustee } = payload.value
    if (own.length > 0) findings.push(...own)
    else accepted.set(trustee, { trustee, shares: splitShares(payload.value.shares) })
  }
  const needed = tally.alphas.length === 0 ? 0 : definition.manifest.threshold
  const reached = phase.ended === 'result' || accepted.size >= needed
  if (phase.ended === 'result' && accepted.size < needed)
    findings.push({
      code: 'DECRYPTION_TOO_FEW',
      at: 'result',
      why: `${accepted.size} of at least ${needed} trustees decrypted`,
    })
  return verdict([...accepted.values()], looked, findings, reached)
}

/** What is wrong with one trustee's partial decryptions of these sums. */
export function decryptionFindings(
  keys: Keys,
  tally: Pick<Tally, 'leaf' | 'alphas'>,
  { index, shares, proof }: PayloadOf<'decrypted'>,
  at: string,
): Finding[] {
  const bytes = fromBase64url(shares)
  if (bytes.length !== 32 * tally.alphas.length)
    return [
      { code: 'DECRYPTION_SHAPE', at, why: `${bytes.length / 32} shares for ${tally.alphas.length} outputs` },
    ]
  const key = decodeKey(keys.trustees[index - 1]!)
  const tag = decryptionTag(tally.leaf, index)
  if (verifyPartialDecryption(key, tally.alphas, bytes, tag, fromBase64url(proof))) return []
  return [{ code: 'DECRYPTION_PROOF', at, why: `the shares of trustee ${index} do not fit key and sums` }]
}

export function splitShares(shares: string): Element[] {
  const bytes = fromBase64url(shares)
  return Array.from({ length: bytes.length / 32 }, (_, i) =>
    g.decodeOrIdentity(bytes.subarray(32 * i, 32 * (i + 1))),
  )
}
