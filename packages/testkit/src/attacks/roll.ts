import type { PayloadOf, RolledCredential } from '@cista/protocol'
import type { Simulation } from '../simulation.js'
import { type Attack, type Attacker, after, bend, change, misplaced } from './attack.js'
import { paper, smallest, weighed } from './elections.js'

/** The only chunk of the roll, changed by the registrars, and sealed as it then is. */
const rolled = (
  to: (credentials: readonly RolledCredential[], s: Simulation) => RolledCredential[],
): Attacker => change('roll', (v, s) => ({ ...v, credentials: to(v.credentials, s) }))
const sealed = (by: Partial<PayloadOf<'roll-sealed'>>): Attacker =>
  change('roll-sealed', (v) => ({ ...v, ...by }))

const none = { added: [], rekeyed: [], removed: [], restyled: [], reweighted: [], reason: 'a mistake' }
/** While voting is open, a change of the roll. */
const changed = (change: (s: Simulation) => Partial<PayloadOf<'roll-changed'>>): Attacker =>
  misplaced('opened', 'roll-changed', (s) => ({ ...none, ...change(s) }))
const fresh = (s: Simulation, i: number, weight = 1) => ({ key: s.credential(i).key, style: 'all', weight })
const notElement = 'ff'.repeat(32)

export const rollAttacks: readonly Attack[] = [
  bend(
    'ROLL',
    'a credential twice',
    smallest,
    rolled(([a, b]) => [a!, a!, b!]),
  ),
  bend(
    'ROLL',
    'credentials in another order',
    smallest,
    rolled(([a, b]) => [b!, a!]),
  ),
  bend(
    'ROLL',
    'a credential in two chunks',
    smallest,
    after('roll', (s) => {
      const sequence = s.course.phase.nextSequence('registrar')
      s.forge({ kind: 'roll', value: { credentials: [fresh(s, 0)], sequence } })
    }),
  ),
  bend(
    'ROLL',
    'a ballot style that there is not',
    smallest,
    rolled(([a, b]) => [a!, { ...b!, style: 'other' }]),
  ),
  bend('ROLL', 'a chunk that the seal does not count', smallest, sealed({ chunks: 2 })),
  bend('ROLL', 'a credential that the seal does not count', smallest, sealed({ credentials: 1 })),
  bend('ROLL', 'a weight that the seal does not count', smallest, sealed({ weight: 1 })),
  bend(
    'ROLL',
    'a change that changes nothing',
    smallest,
    changed(() => ({})),
  ),
  bend(
    'ROLL',
    'added, but there already',
    smallest,
    changed((s) => ({ added: [fresh(s, 0)] })),
  ),
  bend(
    'ROLL',
    'removed, but not there',
    smallest,
    changed((s) => ({ removed: [s.credential(7).key] })),
  ),
  bend(
    'ROLL',
    'removed and added in one change',
    smallest,
    changed((s) => ({
      added: [fresh(s, 1)],
      removed: [s.credential(1).key],
    })),
  ),
  bend(
    'ROLL',
    'one code for two voters',
    smallest,
    changed((s) => ({
      rekeyed: [0, 1].map((i) => ({ from: s.credential(i).key, to: s.credential(7).key })),
    })),
  ),
  bend(
    'ROLL',
    'another’s code',
    smallest,
    changed((s) => ({
      rekeyed: [{ from: s.credential(0).key, to: s.credential(1).key }],
    })),
  ),
  bend(
    'ROLL',
    'a new style that there is not',
    smallest,
    changed((s) => ({
      restyled: [{ key: s.credential(1).key, style: 'other' }],
    })),
  ),
  bend('ROLL', 'a cancelled credential with a new code', paper, {
    after: misplaced('cancelled', 'roll-changed', (s) => ({
      ...none,
      rekeyed: [{ from: s.credential(1).key, to: s.credential(7).key }],
    })).after,
    edit: change('reconciled', (v) => ({ ...v, sequence: v.sequence + 1 })).edit,
  }),
  bend(
    'ROLL',
    'cancelled, but not on the roll',
    paper,
    change('cancelled', (v, s) => ({
      ...v,
      credential: s.credential(7).key,
    })),
  ),
  bend(
    'ROLL',
    'cancelled twice',
    paper,
    after('cancelled', (s) => {
      const sequence = s.course.phase.nextSequence('registrar')
      const value = { credential: s.credential(1).key, reason: 'votes on paper', sequence }
      s.forge({ kind: 'cancelled', value })
    }),
  ),
  bend(
    'ROLL_WEIGHT',
    'a voter with more weight than all may have',
    weighed,
    rolled(([a, b]) => [a!, { ...b!, weight: 4 }]),
  ),
  bend(
    'ROLL_WEIGHT',
    'a voter with more weight while voting is open',
    weighed,
    changed((s) => ({
      reweighted: [{ key: s.credential(0).key, weight: 3 }],
    })),
  ),
  bend(
    'ROLL_WEIGHT',
    'a voter more than the weight allows',
    weighed,
    changed((s) => ({ added: [fresh(s, 7)] })),
  ),
  bend(
    'ROLL_KEY',
    'a credential that is no key',
    smallest,
    rolled((all) => [...all, { ...all[0]!, key: notElement }]),
  ),
  bend(
    'ROLL_KEY',
    'a credential with which anybody can vote',
    smallest,
    rolled((all) => [{ ...all[0]!, key: '00'.repeat(32) }, ...all]),
  ),
  bend(
    'ROLL_KEY',
    'a new code that is no key',
    smallest,
    changed((s) => ({
      rekeyed: [{ from: s.credential(1).key, to: notElement }],
    })),
  ),
]
