import { Simulation, testWitness } from '../simulation.js'
import { type Attack, type Attacker, attack, bend, change, controlOf, exhibit, misplaced } from './attack.js'
import { smallest, witnessed } from './elections.js'
import { cosignedBy, noted } from './notes.js'

const ceremonies: readonly Attack[] = [
  bend(
    'CEREMONY',
    'dealing before all have joined',
    smallest,
    misplaced('trustee-joined', 'trustee-dealt', (s) => s.dealing(1)),
  ),
  bend(
    'CEREMONY',
    'confirming before all have dealt',
    smallest,
    misplaced('trustee-dealt', 'trustee-confirmed', (s) => ({
      attempt: 1,
      dealt: s.course.phase.attempt.lastDealt,
      index: 1,
    })),
  ),
  bend(
    'CEREMONY',
    'confirming dealings that were shown to nobody else',
    smallest,
    change('trustee-confirmed', (v) => (v.index === 2 ? { ...v, dealt: 'ab'.repeat(32) } : undefined)),
  ),
  bend(
    'CEREMONY',
    'a trustee who announces what another has announced',
    smallest,
    change('trustee-joined', (v, s) => {
      if (v.index !== 3) return undefined
      s.polynomials.set(3, s.polynomials.get(1)!)
      return { ...v, commitment: s.course.phase.attempt.joined.get(1)!.commitment }
    }),
  ),
  bend(
    'CEREMONY',
    'joining twice',
    smallest,
    misplaced('trustee-joined', 'trustee-joined', (s) => ({
      ...s.course.phase.attempt.joined.get(1)!,
      commitment: 'ab'.repeat(32),
    })),
  ),
  bend(
    'CEREMONY',
    'dealing twice',
    smallest,
    misplaced('trustee-dealt', 'trustee-dealt', (s) => s.dealing(1)),
  ),
  bend(
    'CEREMONY',
    'confirming twice',
    smallest,
    misplaced('trustee-confirmed', 'trustee-confirmed', (s) => ({
      attempt: 1,
      dealt: s.course.phase.attempt.lastDealt,
      index: 1,
    })),
  ),
  bend(
    'CEREMONY',
    'opened despite a complaint',
    smallest,
    misplaced('trustee-confirmed', 'trustee-complained', () => ({
      accused: 1,
      attempt: 1,
      identity: `AGE-SECRET-KEY-1${'Q'.repeat(58)}`,
      index: 2,
    })),
  ),
  attack('CEREMONY', 'opened though one trustee never confirmed', controlOf(smallest), async () => {
    const s = new Simulation({ voters: [{}, {}], ...change('opened', (v) => ({ ...v })) })
    for (const i of [1, 2, 3]) s.join(i)
    for (const i of [1, 2, 3]) s.deal(i)
    return exhibit(s.confirm(1).confirm(2).roll().open())
  }),
]

const embedding = (note: (s: Simulation) => string): Attacker =>
  change('closed', (v, s) => ({ ...v, checkpoint: note(s) }))
const early = '2026-01-05T08:59:59Z'

const embedded: readonly Attack[] = [
  bend(
    'CHECKPOINT_EMBEDDED',
    'closed under another history',
    smallest,
    embedding((s) => noted(s, s.size, new Uint8Array(32))),
  ),
  bend(
    'CHECKPOINT_EMBEDDED',
    'closed under an earlier size',
    smallest,
    embedding((s) => noted(s, s.size - 1)),
  ),
  bend(
    'CHECKPOINT_EMBEDDED',
    'closed under another key’s checkpoint',
    smallest,
    embedding((s) => noted(s, s.size, undefined, testWitness(0).seed)),
  ),
  bend(
    'CHECKPOINT_EMBEDDED',
    'closed under no checkpoint',
    smallest,
    embedding(() => 'The board is complete.\n'),
  ),
  bend(
    'CHECKPOINT_EMBEDDED',
    'closed with too few witnesses',
    witnessed,
    embedding((s) => cosignedBy(s, noted(s, s.size), [2])),
  ),
  bend(
    'CHECKPOINT_EMBEDDED',
    'closed with witnesses of an earlier hour',
    witnessed,
    embedding((s) => cosignedBy(s, noted(s, s.size), [0, 1, 2], '2026-01-05T16:59:59Z')),
  ),
  bend(
    'CHECKPOINT_EMBEDDED',
    'opened with witnesses of an earlier hour',
    witnessed,
    change('opened', (v, s) => ({
      ...v,
      checkpoint: cosignedBy(s, noted(s, s.size), [0, 1, 2], early),
    })),
  ),
]

export const ceremonyAttacks: readonly Attack[] = [...ceremonies, ...embedded]
