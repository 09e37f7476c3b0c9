// Specification: 09 V7 Count
import { type Count, type Definition, countBallots } from '@cista/protocol'
import { type Checked, type Finding, type Verdict, verdict } from './findings.js'
import type { Entries } from './v3Entries.js'
import type { RollHistory } from './v5Roll.js'
import type { Ballots } from './v6Ballots.js'

/** V7. Each ballot is classed once; the numbers of every unit and the root of the counted ballots are those of `tallied`. */
export function checkCount(
  definition: Definition,
  { phase }: Checked<Entries>,
  { roll }: Checked<RollHistory>,
  { cast, box }: Checked<Ballots>,
): Verdict<Count> {
  const count = countBallots(definition, cast, roll, box)
  if (phase.tallied === undefined) return verdict(count, cast.length, [], false)
  const findings: Finding[] = []
  const { units, root } = phase.tallied.value
  count.units.forEach((expected, i) => {
    const unit = units[i]!
    const { id } = definition.units[i]!
    const at = `tallied unit ${id}`
    if (unit.unit !== id) findings.push({ code: 'COUNT_UNITS', at, why: `stands as “${unit.unit}”` })
    for (const kind of ['counted', 'superseded', 'void', 'cancelled'] as const)
      if (unit[kind] !== expected[kind])
        findings.push({
          code: 'COUNT_CLASSES',
          at,
          why: `${unit[kind]} ballots ${kind}, but there are ${expected[kind]}`,
        })
  })
  if (root !== count.root)
    findings.push({ code: 'COUNT_ROOT', at: 'tallied', why: 'the root is not that of the counted ballots' })
  return verdict(count, cast.length, findings)
}
