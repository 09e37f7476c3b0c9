// Specification: 08 Which ballots count
import { fromHex, leafHash, rootOf, toHex } from '@cista/board'
import type { BallotBox, CastBallot } from './ballotBox.js'
import type { Definition } from './definition.js'
import type { Roll } from './roll.js'

export type BallotClass = 'superseded' | 'cancelled' | 'void' | 'counted'
export type ClassNumbers = { -readonly [K in BallotClass]: number }
export interface CountedBallot extends CastBallot {
  readonly weight: number
}
export interface Count {
  /** In board order. */
  readonly counted: readonly CountedBallot[]
  readonly totals: ClassNumbers
  /** By unit, in the manifest's order. */
  readonly units: readonly (ClassNumbers & { readonly withheld: boolean })[]
  /** Root of the tree over the sorted (credential ‖ tracker) of counted ballots, hex. */
  readonly root: string
}

/** Classes every ballot once, under the style it names: superseded, else cancelled, else void, else counted. */
export function countBallots(
  definition: Definition,
  ballots: readonly CastBallot[],
  roll: Roll,
  box: BallotBox,
): Count {
  const totals = none()
  const units = definition.units.map(none)
  const counted: CountedBallot[] = []
  for (const ballot of ballots) {
    const eligible = roll.get(ballot.credential)
    const kind = classOf(ballot)
    totals[kind] += 1
    definition.units.forEach((unit, i) => {
      if (unit.styles.has(ballot.style)) units[i]![kind] += 1
    })
    if (kind === 'counted') counted.push({ ...ballot, weight: eligible!.weight })
  }
  const { minimumBallots } = definition.manifest
  return {
    counted,
    totals,
    units: units.map((numbers) => ({ ...numbers, withheld: numbers.counted < minimumBallots })),
    root: countedRoot(counted),
  }

  function classOf({ credential, tracker, style }: CastBallot): BallotClass {
    if (box.last(credential)?.tracker !== tracker) return 'superseded'
    if (roll.isCancelled(credential)) return 'cancelled'
    return roll.get(credential)?.style === style ? 'counted' : 'void'
  }
}

function countedRoot(counted: readonly CastBallot[]): string {
  const leaves = counted.map(({ credential, tracker }) => credential + tracker).sort()
  return toHex(rootOf(leaves.map((leaf) => leafHash(fromHex(leaf)))))
}

const none = (): ClassNumbers => ({ superseded: 0, cancelled: 0, void: 0, counted: 0 })
