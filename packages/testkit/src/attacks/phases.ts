import { toBase64url } from '@cista/board'
import { type PayloadOf, noReplaced } from '@cista/protocol'
import { Simulation } from '../simulation.js'
import {
  type Attack,
  after,
  again,
  attack,
  bend,
  change,
  controlOf,
  exhibit,
  misplaced,
  slip,
} from './attack.js'
import { paper, punctual, smallest } from './elections.js'

/** A ballot of the right form, full of zeros. */
const blank = (s: Simulation): PayloadOf<'ballot'> => {
  const { cells, sums } = s.definition.forms[0]!
  const zeros = (length: number) => toBase64url(new Uint8Array(length))
  return {
    contests: [{ ciphertexts: zeros(64 * cells), proof: zeros(224 * cells + 32 * sums.length) }],
    credential: s.credential(0).key,
    election: s.definition.id,
    replaces: noReplaced,
    style: 'all',
  }
}
const onPaper = (s: Simulation) => ({ credential: s.credential(0).key, reason: 'votes on paper' })
const unchanged = { added: [], rekeyed: [], removed: [], restyled: [], reweighted: [] }

export const phaseAttacks: readonly Attack[] = [
  bend('PHASE', 'a ballot after closing', smallest, misplaced('closed', 'ballot', blank)),
  bend('PHASE', 'a ballot before opening', smallest, misplaced('roll-sealed', 'ballot', blank)),
  bend('PHASE', 'another manifest', smallest, again('manifest', 'opened')),
  bend('PHASE', 'opened twice', smallest, again('opened', 'opened')),
  bend('PHASE', 'closed twice', smallest, again('closed', 'closed')),
  bend('PHASE', 'tallied twice', smallest, again('tallied', 'tallied')),
  bend(
    'PHASE',
    'sealed twice',
    smallest,
    misplaced('roll-sealed', 'roll-sealed', () => ({ chunks: 1, credentials: 2, weight: 2 })),
  ),
  bend(
    'PHASE',
    'more of the roll after it was sealed',
    smallest,
    misplaced('roll-sealed', 'roll', (s) => ({
      credentials: [{ key: s.credential(7).key, style: 'all', weight: 1 }],
    })),
  ),
  bend(
    'PHASE',
    'the roll changed after closing',
    smallest,
    misplaced('closed', 'roll-changed', (s) => ({
      ...unchanged,
      reason: 'did not vote as told',
      removed: [s.credential(0).key],
    })),
  ),
  bend('PHASE', 'a vote on paper where there is none', smallest, misplaced('opened', 'cancelled', onPaper)),
  bend('PHASE', 'cancelled after reconciling', paper, misplaced('reconciled', 'cancelled', onPaper)),
  bend(
    'PHASE',
    'voting extended after closing',
    smallest,
    misplaced('closed', 'extended', () => ({
      closes: '2026-01-05T19:00:00Z',
      reason: 'too few voted',
    })),
  ),
  bend(
    'PHASE',
    'closing requested after closing',
    smallest,
    misplaced('closed', 'close-requested', () => ({ reason: 'enough' })),
  ),
  bend(
    'PHASE',
    'the ceremony restarted after opening',
    smallest,
    misplaced('opened', 'ceremony-restarted', () => ({
      attempt: 2,
      reason: 'another key',
    })),
  ),
  bend('PHASE', 'decrypted while voting goes on', smallest, {
    stops: true,
    ...misplaced('opened', 'decrypted', () => ({
      index: 3,
      proof: toBase64url(new Uint8Array(128)),
      shares: toBase64url(new Uint8Array(64)),
    })),
  }),
  bend('PHASE', 'a trustee who decrypts twice', smallest, {
    after(payload, s) {
      if (payload.kind !== 'decrypted' || payload.value.index !== 2) return
      slip(s, { kind: 'decrypted', value: { ...payload.value, sequence: payload.value.sequence + 1 } })
    },
  }),
  attack('PHASE', 'opened before the roll was sealed', controlOf(smallest), async () => {
    const s = new Simulation({ ...change('opened', (v) => ({ ...v })) }).ceremony()
    return exhibit(s.open())
  }),
  bend(
    'PHASE',
    'joining the ceremony after opening',
    smallest,
    misplaced('opened', 'trustee-joined', (s) => s.course.phase.attempt.joined.get(1)!),
  ),
  bend(
    'PHASE',
    'extended after closing was requested',
    smallest,
    after('opened', (s) => {
      slip(s, { kind: 'close-requested', value: { reason: 'all have voted', sequence: 0 } })
      const value = { closes: '2026-01-05T19:00:00Z', reason: 'not all', sequence: 1 }
      slip(s, { kind: 'extended', value })
    }),
  ),
  attack('PHASE', 'a result after fewer decryptions than are needed', controlOf(smallest), async () => {
    const s = await (await smallest({ stops: true })).tally()
    const units = [{ totals: [0, 1], unit: 'question', withheld: false }]
    return exhibit(s.decrypt(1).forge({ kind: 'result', value: { units } }))
  }),
  bend('PHASE', 'a tally while voting goes on', smallest, {
    stops: true,
    ...after('opened', (s) => {
      const unit = { cancelled: 0, counted: 0, sums: '', superseded: 0, void: 0, withheld: true }
      const root = 'ab'.repeat(32)
      slip(s, { kind: 'tallied', value: { root, units: [{ ...unit, unit: 'question' }] } })
    }),
  }),
  attack('PHASE', 'a tally before reconciling with paper', controlOf(paper), async () => {
    const s = await (await paper({ stops: true, ...change('tallied', (v) => ({ ...v })) })).tally()
    return exhibit(s)
  }),
  bend('PHASE', 'cancelled after the tally', paper, misplaced('tallied', 'cancelled', onPaper)),
  bend('PHASE', 'the roll changed before it was sealed', smallest, {
    ...misplaced('roll', 'roll-changed', (s) => ({
      ...unchanged,
      added: [{ key: s.credential(7).key, style: 'all', weight: 1 }],
      reason: 'forgotten',
    })),
  }),
  bend(
    'PHASE',
    'reconciled where there is no paper',
    smallest,
    misplaced('closed', 'reconciled', () => ({ cancellations: 0 })),
  ),
  bend(
    'PHASE',
    'closed on request where nobody may ask for it',
    punctual,
    misplaced('opened', 'close-requested', () => ({ reason: 'enough' })),
  ),
  bend('PHASE', 'a ballot after the election was aborted', smallest, {
    ...after('opened', (s) => {
      slip(s, { kind: 'aborted', value: { reason: 'a court has said so', sequence: 0 } })
    }),
    stops: true,
  }),
  bend(
    'PHASE',
    'something after the result',
    smallest,
    misplaced('result', 'notice', () => ({ text: 'Recount!' })),
  ),
  bend(
    'PHASE',
    'an end after the result',
    smallest,
    misplaced('result', 'aborted', () => ({ reason: 'not this one' })),
  ),
]
