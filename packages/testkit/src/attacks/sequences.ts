import type { EntryKind } from '@cista/protocol'
import { testTimes } from '../manifest.js'
import { type Attack, type Attacker, again, bend, change, misplaced, slip } from './attack.js'
import { paper, quorums, smallest } from './elections.js'

const sequences: readonly Attack[] = [
  bend('SEQUENCE', 'an administrator’s words played again', quorums, again('notice', 'notice')),
  bend(
    'SEQUENCE',
    'a registrar’s word left out',
    paper,
    change('cancelled', (v) => ({ ...v, sequence: v.sequence + 1 })),
  ),
  bend(
    'SEQUENCE',
    'a trustee’s word left out',
    smallest,
    change('trustee-confirmed', (v) => (v.index === 2 ? { ...v, sequence: v.sequence + 1 } : undefined)),
  ),
  bend(
    'ATTEMPT',
    'joining another attempt',
    smallest,
    change('trustee-joined', (v) => (v.index === 1 ? { ...v, attempt: 2 } : undefined)),
  ),
  bend(
    'ATTEMPT',
    'an attempt left out',
    smallest,
    misplaced('trustee-joined', 'ceremony-restarted', () => ({
      attempt: 3,
      reason: 'unlucky numbers',
    })),
  ),
  bend(
    'NUMBERS',
    'a ballot less than there are',
    smallest,
    change('closed', (v) => ({ ...v, ballots: 0 })),
  ),
  bend(
    'NUMBERS',
    'an entry more than there are',
    smallest,
    change('closed', (v) => ({ ...v, entries: v.entries + 1 })),
  ),
  bend(
    'NUMBERS',
    'a cancellation less than there are',
    paper,
    change('reconciled', (v) => ({ ...v, cancellations: 0 })),
  ),
]

/** An entry of a kind at another time, whatever comes next. */
const at = (kind: EntryKind, time: string): Attacker => change(kind, (v, s) => (s.at(time), { ...v }))

const times: readonly Attack[] = [
  bend('TIME', 'opened before it is time', smallest, at('opened', testTimes.start)),
  bend('TIME', 'opened when it should be closed', smallest, at('opened', '2026-01-05T17:00:01Z')),
  bend('TIME', 'closed before it is time', smallest, at('closed', '2026-01-05T16:59:59Z')),
  bend('TIME', 'a ballot later than tolerated', smallest, at('ballot', '2026-01-05T17:01:01Z')),
  bend('TIME', 'an entry older than the one before it', quorums, at('notice', testTimes.start)),
  bend(
    'TIME',
    'extended to an earlier time',
    smallest,
    misplaced('opened', 'extended', () => ({
      closes: '2026-01-05T16:00:00Z',
      reason: 'all have voted as told',
    })),
  ),
  bend('TIME', 'extended when the time was over', smallest, {
    after(payload, s) {
      if (payload.kind !== 'ballot') return
      s.at('2026-01-05T17:00:30Z')
      slip(s, { kind: 'extended', value: { closes: '2026-01-05T18:00:00Z', reason: 'too few', sequence: 0 } })
    },
  }),
]

export const sequenceAttacks: readonly Attack[] = [...sequences, ...times]
