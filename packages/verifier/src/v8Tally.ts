// Specification: 08 Sums · 09 V8 Tally
import { fromBase64url, equalBytes } from '@cista/board'
import { type Ciphertext, type Element, addCiphertexts, scaleCiphertext, zeroCiphertext } from '@cista/crypto'
import type { Count, Definition, Output } from '@cista/protocol'
import { type Checked, type Finding, type Step, type Verdict, verdict } from './findings.js'
import {
  type BallotContext,
  type ProofPool,
  type SumJob,
  decodeCells,
  encodeCells,
  inSlices,
} from './proofs.js'
import type { Board } from './v2Board.js'
import type { Entries } from './v3Entries.js'
import type { Ballots } from './v6Ballots.js'

const sliceSize = 64

export interface Tally {
  /** Leaf hash of the entry `tallied`, hex. */
  readonly leaf: string
  readonly units: readonly { readonly id: string; readonly contest: number; readonly withheld: boolean }[]
  /** α and β of every output of every published unit, in order. */
  readonly alphas: readonly Element[]
  readonly betas: readonly Element[]
}

/** V8. Units are withheld as they must be; every other unit's sums are those of the counted ballots, recomputed. */
export async function checkTally(
  definition: Definition,
  board: Checked<Board>,
  { phase }: Checked<Entries>,
  { context }: Checked<Ballots>,
  count: Checked<Count>,
  pool: ProofPool,
  step: Step,
): Promise<Verdict<Tally>> {
  const { tallied } = phase
  if (tallied === undefined) throw new Error('V8 needs an entry tallied')
  const jobs = count.counted.map(({ index, weight }) => ({ payload: board.payloads[index]!, weight }))
  const sums = await sumOutputs(definition, count, context, jobs, pool, step)
  const findings: Finding[] = []
  tallied.value.units.forEach((unit, u) => {
    const at = `tallied unit ${definition.units[u]!.id}`
    const withheld = count.units[u]!.withheld
    if (unit.withheld !== withheld)
      findings.push({
        code: 'TALLY_WITHHELD',
        at,
        why: withheld ? 'published, though it has too few ballots' : 'withheld, though it has enough ballots',
      })
    if (!equalBytes(fromBase64url(unit.sums), encodeCells(sums[u]!)))
      findings.push({ code: 'TALLY_SUMS', at, why: 'not the sums of the counted ballots' })
  })
  const all = sums.flat()
  const tally: Tally = {
    leaf: tallied.leaf,
    units: definition.units.map(({ id, contest }, u) => ({
      id,
      contest,
      withheld: count.units[u]!.withheld,
    })),
    alphas: all.map((c) => c.alpha),
    betas: all.map((c) => c.beta),
  }
  return verdict(tally, jobs.length, findings)
}

/** The weighted sum of every output of every unit; none for units that are withheld. */
export async function sumOutputs(
  definition: Definition,
  count: Count,
  context: BallotContext,
  jobs: readonly SumJob[],
  pool: ProofPool,
  step: Step,
): Promise<Ciphertext[][]> {
  let done = 0
  const parts = await inSlices(jobs, sliceSize, pool.threads, async (slice) => {
    const part = await pool.addUp(context, slice)
    step((done += slice.length), jobs.length)
    return part.map(decodeCells)
  })
  return definition.units.map((unit, u) => {
    if (count.units[u]!.withheld) return []
    const form = definition.forms[unit.contest]!
    const cells = Array.from({ length: form.cells }, (_, c) =>
      parts.reduce((sum, part) => addCiphertexts(sum, part[u]![c]!), zeroCiphertext),
    )
    return form.outputs.map((output) => outputOf(output, cells))
  })
}

const outputOf = ({ cells, weights }: Output, sums: readonly Ciphertext[]): Ciphertext =>
  cells.reduce(
    (sum, cell, i) => addCiphertexts(sum, scaleCiphertext(sums[cell]!, weights[i]!)),
    zeroCiphertext,
  )
