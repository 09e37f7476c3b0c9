// Specification: 09 V10 Result
import { type Element, combineShares, ristretto255 as g } from '@cista/crypto'
import type { Definition } from '@cista/protocol'
import { type Checked, type Finding, type Verdict, verdict } from './findings.js'
import type { Entries } from './v3Entries.js'
import type { Tally } from './v8Tally.js'
import type { PartialDecryption } from './v9Decryption.js'

export interface UnitResult {
  readonly unit: string
  readonly contest: number
  readonly withheld: boolean
  /** Totals of the outputs, in their order. */
  readonly totals: readonly number[]
}

/** V10. B − Σ λ_j·M_j = v·G for every published total v, and nothing is published of units withheld. */
export function checkResult(
  definition: Definition,
  { placed, phase }: Checked<Entries>,
  tally: Checked<Tally>,
  decryptions: Checked<readonly PartialDecryption[]>,
): Verdict<readonly UnitResult[]> {
  const entry = placed.findLast(({ payload }) => payload.kind === 'result')
  if (entry?.payload.kind !== 'result' || phase.ended !== 'result') return verdict([], 0, [], false)
  const opened = openSums(definition, tally, decryptions)
  const findings: Finding[] = []
  let looked = 0
  let next = 0
  const results = tally.units.map(({ id, contest, withheld }, u): UnitResult => {
    const published = entry.payload.kind === 'result' ? entry.payload.value.units[u]! : undefined
    const { unit, totals } = published!
    const at = `result unit ${id}`
    const outputs = withheld ? [] : definition.forms[contest]!.outputs
    if (unit !== id || published!.withheld !== withheld || totals.length !== outputs.length)
      findings.push({
        code: 'RESULT_UNITS',
        at,
        why: 'another unit, withheld wrongly, or not one total per output',
      })
    outputs.forEach((output, i) => {
      looked += 1
      const total = totals[i] ?? -1
      const most = output.maximum * definition.manifest.maximumWeight
      const point = opened[next++]!
      if (total < 0 || total > most || !g.equals(g.mulPublic(g.base, BigInt(total)), point))
        findings.push({
          code: 'RESULT_TOTALS',
          at: `${at} output ${i}`,
          why: 'not what the trustees decrypted',
        })
    })
    return { unit: id, contest, withheld, totals }
  })
  return verdict(results, looked, findings)
}

/** v·G of every output of every published unit, from the first t decryptions. */
export function openSums(
  { manifest }: Definition,
  tally: Pick<Tally, 'betas'>,
  decryptions: readonly PartialDecryption[],
): Element[] {
  const used = decryptions.slice(0, manifest.threshold)
  return tally.betas.map((beta, i) =>
    combineShares(
      beta,
      used.map(({ trustee, shares }) => ({ index: trustee, share: shares[i]! })),
    ),
  )
}
