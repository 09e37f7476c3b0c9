// Specification: 08 The election key · 08 Sums · 08 Result
import { fromBase64url, toBase64url } from '@cista/board'
import { DiscreteLog } from '@cista/crypto'
import { type Course, type PayloadOf, countBallots } from '@cista/protocol'
import { type ProofPool, type SumJob, decodeCells, encodeCells } from './proofs.js'
import { openSums } from './v10Result.js'
import { type Keys, deriveKeys } from './v4Trustees.js'
import { sumOutputs } from './v8Tally.js'
import { splitShares } from './v9Decryption.js'

// What follows from a record alone, for whoever runs the board. The verifier recomputes all of it.

/** Keys to open voting with; undefined where the dealings cancel out, so that the ceremony must be restarted. */
export function deriveOpened(course: Course): Keys | undefined {
  return deriveKeys(course.definition, course.phase.attempt)
}

/** @param payload the bytes of a ballot on the board, by index of its entry. @param manifest the manifest's bytes. */
export async function deriveTallied(
  course: Course,
  manifest: Uint8Array,
  payload: (index: number) => Promise<Uint8Array>,
  pool: ProofPool,
): Promise<PayloadOf<'tallied'>> {
  const { definition, phase, roll, box, ballots } = course
  const count = countBallots(definition, ballots, roll, box)
  const { leaf, value } = phase.opened!
  const jobs: SumJob[] = []
  for (const { index, weight } of count.counted) jobs.push({ payload: await payload(index), weight })
  const context = { manifest, key: value.key, opening: leaf }
  const sums = await sumOutputs(definition, count, context, jobs, pool, () => undefined)
  return {
    root: count.root,
    units: count.units.map(({ counted, superseded, void: voided, cancelled, withheld }, u) => ({
      cancelled,
      counted,
      sums: toBase64url(encodeCells(sums[u]!)),
      superseded,
      unit: definition.units[u]!.id,
      void: voided,
      withheld,
    })),
  }
}

/** α and β of every output of every published unit, from an entry `tallied` that is one's own or was verified. */
export function talliedSums(tallied: PayloadOf<'tallied'>) {
  const cells = tallied.units.flatMap(({ sums }) => decodeCells(fromBase64url(sums)))
  return { alphas: cells.map((c) => c.alpha), betas: cells.map((c) => c.beta) }
}

/** @param decryptions at least t of distinct trustees, verified; none where every unit is withheld. */
export function deriveResult(
  course: Course,
  decryptions: readonly PayloadOf<'decrypted'>[],
): PayloadOf<'result'> {
  const { definition, phase } = course
  const { units } = phase.tallied!.value
  const opened = openSums(
    definition,
    talliedSums(phase.tallied!.value),
    decryptions.map(({ index, shares }) => ({ trustee: index, shares: splitShares(shares) })),
  )
  const tables = new Map<number, DiscreteLog>()
  let next = 0
  return {
    units: units.map(({ unit, withheld }, u) => {
      const outputs = withheld ? [] : definition.forms[definition.units[u]!.contest]!.outputs
      return {
        totals: outputs.map(({ maximum }) =>
          tableFor(maximum * definition.manifest.maximumWeight).solve(opened[next++]!),
        ),
        unit,
        withheld,
      }
    }),
  }

  function tableFor(bound: number): DiscreteLog {
    let table = tables.get(bound)
    if (table === undefined) tables.set(bound, (table = new DiscreteLog(bound)))
    return table
  }
}
