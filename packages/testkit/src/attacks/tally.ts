import { fromBase64url, fromHex, leafHash, rootOf, toBase64url, toHex } from '@cista/board'
import { ristretto255 as g } from '@cista/crypto'
import type { PayloadOf } from '@cista/protocol'
import { addUp } from '@cista/verifier'
import type { Simulation } from '../simulation.js'
import { type Attack, type Attacker, bend, change } from './attack.js'
import { decryptionAttacks } from './decryptions.js'
import { districted, revoted, smallest, weighed, withdrawn } from './elections.js'

type Tallied = PayloadOf<'tallied'>
type Unit = Tallied['units'][number]

/** What is tallied of one unit, changed. */
const unit = (index: number, to: (unit: Unit, s: Simulation) => Partial<Unit>): Attacker =>
  change('tallied', (v, s) => ({
    ...v,
    units: v.units.map((u, i) => (i === index ? { ...u, ...to(u, s) } : u)),
  }))
/** The n-th ballots on the board. */
const ballots = (s: Simulation, positions: readonly number[]) => {
  const all = s.log.filter(({ kind }) => kind === 'ballot')
  return positions.map((n) => all[n]!)
}
/** Sums of a unit over other ballots than those that count. */
function sums(s: Simulation, positions: readonly number[], { weight = 1, unit = 0 } = {}): string {
  const jobs = ballots(s, positions).map(({ bytes }) => ({ payload: bytes, weight }))
  const outputs = s.definition.forms[s.definition.units[unit]!.contest]!.outputs.length
  return toBase64url(addUp(s.ballotElection.context, jobs)[unit]!.subarray(0, 64 * outputs))
}
const root = (s: Simulation, positions: readonly number[]): string => {
  const leaves = ballots(s, positions).map(({ bytes, entry }) => {
    const { credential } = JSON.parse(new TextDecoder().decode(bytes)) as PayloadOf<'ballot'>
    return credential + entry.payload
  })
  return toHex(rootOf(leaves.sort().map((leaf) => leafHash(fromHex(leaf)))))
}
const exchange = <T>([a, b, ...others]: readonly T[]): T[] => [b!, a!, ...others]

const counts: readonly Attack[] = [
  bend(
    'COUNT_UNITS',
    'two units under each other’s names',
    districted,
    change('tallied', (v) => ({
      ...v,
      units: exchange(v.units),
    })),
  ),
  bend(
    'COUNT_UNITS',
    'a unit of another name',
    smallest,
    unit(0, () => ({ unit: 'answer' })),
  ),
  bend(
    'COUNT_CLASSES',
    'a superseded ballot counted',
    revoted,
    unit(0, () => ({ counted: 3, superseded: 0 })),
  ),
  bend(
    'COUNT_CLASSES',
    'a ballot called void',
    smallest,
    unit(0, () => ({ counted: 0, void: 1 })),
  ),
  bend(
    'COUNT_CLASSES',
    'a ballot called cancelled',
    smallest,
    unit(0, () => ({ counted: 0, cancelled: 1 })),
  ),
  bend(
    'COUNT_CLASSES',
    'a ballot counted whose voter voted on paper',
    withdrawn,
    unit(0, () => ({ counted: 2, cancelled: 0 })),
  ),
  bend(
    'COUNT_CLASSES',
    'a ballot counted whose voter was taken off the roll',
    withdrawn,
    unit(0, () => ({ counted: 2, void: 0 })),
  ),
  bend(
    'COUNT_CLASSES',
    'a ballot from nowhere',
    smallest,
    unit(0, () => ({ counted: 2 })),
  ),
  bend(
    'COUNT_ROOT',
    'the superseded ballot in place of the last',
    revoted,
    change('tallied', (v, s) => ({
      ...v,
      root: root(s, [0, 1]),
    })),
  ),
  bend(
    'COUNT_ROOT',
    'a counted ballot left out',
    revoted,
    change('tallied', (v, s) => ({ ...v, root: root(s, [1]) })),
  ),
  bend(
    'COUNT_ROOT',
    'a ballot in it whose voter voted on paper',
    withdrawn,
    change('tallied', (v, s) => ({ ...v, root: root(s, [0, 1]) })),
  ),
  bend(
    'COUNT_ROOT',
    'a ballot in it twice',
    smallest,
    change('tallied', (v, s) => ({ ...v, root: root(s, [0, 0]) })),
  ),
]

const tallies: readonly Attack[] = [
  bend(
    'TALLY_WITHHELD',
    'a unit published though it has too few ballots',
    districted,
    unit(1, (_, s) => ({
      sums: sums(s, [2], { unit: 1 }),
      withheld: false,
    })),
  ),
  bend(
    'TALLY_WITHHELD',
    'a unit withheld though it has enough ballots',
    smallest,
    unit(0, () => ({
      sums: '',
      withheld: true,
    })),
  ),
  bend(
    'TALLY_SUMS',
    'a ballot left out of the sums',
    revoted,
    unit(0, (_, s) => ({ sums: sums(s, [2]) })),
  ),
  bend(
    'TALLY_SUMS',
    'a superseded ballot in the sums',
    revoted,
    unit(0, (_, s) => ({ sums: sums(s, [0, 1]) })),
  ),
  bend(
    'TALLY_SUMS',
    'a ballot in the sums whose voter voted on paper',
    withdrawn,
    unit(0, (_, s) => ({ sums: sums(s, [0, 1]) })),
  ),
  bend(
    'TALLY_SUMS',
    'a ballot in the sums whose voter was taken off the roll',
    withdrawn,
    unit(0, (_, s) => ({ sums: sums(s, [0, 2]) })),
  ),
  bend(
    'TALLY_SUMS',
    'another ballot in the place of one that counts',
    withdrawn,
    unit(0, (_, s) => ({ sums: sums(s, [1]) })),
  ),
  bend(
    'TALLY_SUMS',
    'a ballot twice in the sums',
    smallest,
    unit(0, (_, s) => ({ sums: sums(s, [0, 0]) })),
  ),
  bend(
    'TALLY_SUMS',
    'a ballot of another weight in the sums',
    weighed,
    unit(0, (_, s) => ({
      sums: sums(s, [0], { weight: 5 }),
    })),
  ),
  bend(
    'TALLY_SUMS',
    'a sum with votes from nowhere',
    smallest,
    unit(0, (u) => {
      const bytes = fromBase64url(u.sums)
      const beta = g.decode(bytes.subarray(32, 64))
      bytes.set(g.encode(g.add(beta, g.mulPublic(g.base, 5n))), 32)
      return { sums: toBase64url(bytes) }
    }),
  ),
  bend(
    'TALLY_SUMS',
    'two options’ sums exchanged',
    smallest,
    unit(0, (u) => {
      const bytes = fromBase64url(u.sums)
      return { sums: toBase64url(Uint8Array.of(...bytes.subarray(64), ...bytes.subarray(0, 64))) }
    }),
  ),
  bend(
    'TALLY_SUMS',
    'sums of a unit that is withheld',
    districted,
    unit(1, (_, s) => ({
      sums: sums(s, [2], { unit: 1 }),
    })),
  ),
]

type Result = PayloadOf<'result'>
const result = (to: (units: Result['units'], s: Simulation) => Result['units']): Attacker =>
  change('result', (v, s) => ({ units: to(v.units, s) }))
const totals = (to: (totals: number[]) => number[]): Attacker =>
  result(([u, ...others]) => [{ ...u!, totals: to(u!.totals) }, ...others])

const results: readonly Attack[] = [
  bend(
    'RESULT_UNITS',
    'two units under each other’s names',
    districted,
    result((units) => exchange(units)),
  ),
  bend(
    'RESULT_UNITS',
    'a total left out',
    smallest,
    totals((t) => t.slice(0, 1)),
  ),
  bend(
    'RESULT_UNITS',
    'totals of a unit that is withheld',
    districted,
    result(([a, b, c]) => [a!, { ...b!, totals: [0, 1], withheld: false }, c!]),
  ),
  bend(
    'RESULT_UNITS',
    'a unit withheld after it was decrypted',
    smallest,
    result(([u]) => [{ ...u!, totals: [], withheld: true }]),
  ),
  bend(
    'RESULT_TOTALS',
    'a vote more',
    smallest,
    totals(([a, b]) => [a! + 1, b!]),
  ),
  bend('RESULT_TOTALS', 'two options’ totals exchanged', smallest, totals(exchange)),
  bend(
    'RESULT_TOTALS',
    'more votes than there can be',
    smallest,
    totals(([, b]) => [1_000_000_000, b!]),
  ),
]

export const tallyAttacks: readonly Attack[] = [...counts, ...tallies, ...decryptionAttacks, ...results]
