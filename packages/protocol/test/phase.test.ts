import { type EntryKind, type Refusal, entryKinds } from '@cista/protocol'
import { describe, expect, it } from 'vitest'
import { type Changes, Growing, closes, grown, hash, manifest, opens } from './support.js'

/** How to reach each state, and the letter of its column below. */
const states: Readonly<Record<string, () => Growing>> = {
  E: () => new Growing(),
  S: () => grown('created'),
  J: () => grown('joined'),
  D: () => grown('dealt'),
  K: () => grown('confirmed'),
  R: () => grown('ready'),
  C: () => {
    const g = grown('dealt')
    g.add('trustee-complained')
    return g
  },
  O: () => grown('voted'),
  Q: () => grown('requested'),
  L: () => grown('closed'),
  P: () => grown('reconciled'),
  T: () => grown('tallied'),
  X: () => grown('decrypted'),
  Z: () => grown('result'),
  A: () => {
    const g = grown('voted')
    g.add('aborted')
    return g
  },
}
// E empty, S set up, J joined, D dealt, K keys confirmed, R ready (and the roll sealed), C complained, O open, Q close requested,
// L closed, P reconciled with paper, T tallied, X decrypted, Z result, A aborted.
const columns = 'ESJDKRCOQLPTXZA'
const outcomes: Readonly<Record<string, Refusal['code'] | undefined>> = {
  '+': undefined,
  '-': 'PHASE',
  c: 'CEREMONY',
}
const legal = new Map(
  `
  manifest            +--------------
  trustee-joined      -+ccccc--------
  trustee-dealt       -c+cccc--------
  trustee-confirmed   -cc+ccc--------
  trustee-complained  -cc+ccc--------
  ceremony-restarted  -++++++--------
  roll                -++++-+--------
  roll-sealed         -++++-+--------
  opened              -----+---------
  ballot              -------++------
  roll-changed        -----+-++------
  cancelled           -------+++-----
  extended            -+++++++-------
  close-requested     -------+-------
  closed              -------++------
  reconciled          ---------+-----
  tallied             ----------+----
  decrypted           -----------++--
  result              ------------+--
  aborted             -++++++++++++--
  notice              -++++++++++++--
  page-changed        -++++++++++++--
`
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/ +/) as [EntryKind, string]),
)
/** When these would come; everything else at the time of the last entry. */
const times: Partial<Record<EntryKind, string>> = { opened: opens, closed: closes }

/** The rules of the phase alone: what the roll and earlier ballots decide is judged elsewhere. */
function judge<K extends EntryKind>(
  g: Growing,
  kind: K,
  changes: Changes<K> = {},
  time = g.time,
): Refusal | undefined {
  return g.course.phase.judge(g.candidate(g.next(kind, changes), time))
}

describe.each([...columns])('state %s', (column) => {
  const g = states[column]!()
  it.each(entryKinds)('%s is legal or not, as the table says', (kind) => {
    const time = times[kind]
    const trustee = column === 'X' && kind === 'decrypted' ? { trustee: 3 } : {}
    const refusal = judge(g, kind, trustee, time !== undefined && time > g.time ? time : g.time)
    expect(refusal?.code).toBe(outcomes[legal.get(kind)![columns.indexOf(column)]!])
  })
})

it('the table has every kind and every state', () => {
  expect(Object.keys(states).join('')).toBe(columns)
  expect([...legal.keys()].toSorted()).toEqual(entryKinds.toSorted())
  for (const row of legal.values()) expect(row).toHaveLength(columns.length)
})

describe('without paper and closing on request', () => {
  const plain = manifest({ paper: false, closeOnRequest: false })
  it('goes from closed to tallied, and refuses what belongs to paper and requests', () => {
    const g = new Growing(plain)
    g.add('manifest')
    g.each('trustee-joined').each('trustee-dealt').each('trustee-confirmed')
    g.add('roll')
    g.add('roll-sealed')
    g.add('opened', {}, opens)
    expect(judge(g, 'cancelled')).toMatchObject({ code: 'PHASE', why: /no paper/ })
    expect(judge(g, 'close-requested')).toMatchObject({ code: 'PHASE', why: /does not allow/ })
    g.add('closed', {}, closes)
    expect(judge(g, 'cancelled')).toMatchObject({ code: 'PHASE' })
    expect(judge(g, 'reconciled')).toMatchObject({ code: 'PHASE', why: /no paper/ })
    g.add('tallied')
  })

  it('with paper, a tally waits for the reconciliation', () => {
    expect(judge(grown('closed'), 'tallied')).toMatchObject({ code: 'PHASE' })
  })
})

describe('sequences', () => {
  it('count for each role alone, from 0 and without gaps', () => {
    const g = grown('joined')
    const { phase } = g.course
    expect(phase.nextSequence('administrator')).toBe(0)
    expect([1, 2, 3].map((i) => phase.nextSequence('trustee', i))).toEqual([1, 1, 1])
    for (const sequence of [1, 2])
      expect(judge(g, 'notice', { sequence })).toMatchObject({ code: 'SEQUENCE', why: /0 is next for admin/ })
    g.add('notice')
    expect(judge(g, 'notice', { sequence: 0 })).toMatchObject({ code: 'SEQUENCE' })
    expect(phase.nextSequence('administrator')).toBe(1)
    expect(phase.nextSequence('registrar')).toBe(0)
    g.add('roll')
    expect(judge(g, 'roll-sealed', { sequence: 0 })).toMatchObject({ code: 'SEQUENCE', why: /registrar$/ })
    expect(judge(g, 'trustee-dealt', { trustee: 2, sequence: 0 })).toMatchObject({ why: /for trustee-2$/ })
  })

  it('go on from the ceremony to the decryption', () => {
    const g = grown('tallied')
    expect(g.course.phase.nextSequence('trustee', 3)).toBe(3)
    expect(judge(g, 'decrypted', { trustee: 3, sequence: 0 })).toMatchObject({ code: 'SEQUENCE' })
  })
})

describe('the ceremony', () => {
  const refused = (g: Growing, kind: EntryKind, trustee: number) => judge(g, kind, { trustee })?.code
  it('takes every step of every trustee once, in any order of trustees', () => {
    const g = grown('created')
    for (const kind of ['trustee-joined', 'trustee-dealt', 'trustee-confirmed'] as const)
      for (const trustee of [2, 3, 1]) {
        expect(refused(g, kind === 'trustee-joined' ? 'trustee-dealt' : 'trustee-joined', trustee)).toBe(
          'CEREMONY',
        )
        g.add(kind, { trustee })
        expect(refused(g, kind, trustee)).toBe('CEREMONY')
      }
    expect(g.course.phase.ceremonyDone).toBe(true)
  })

  it('refuses the recipient or commitment of another', () => {
    const g = grown('created')
    g.add('trustee-joined')
    const { recipient, commitment } = g.course.phase.attempt.joined.get(1)!
    expect(judge(g, 'trustee-joined', { trustee: 2, recipient })?.code).toBe('CEREMONY')
    expect(judge(g, 'trustee-joined', { trustee: 2, commitment })?.code).toBe('CEREMONY')
  })

  it('takes no trustee twice, with whatever keys', () => {
    const g = grown('created')
    g.add('trustee-joined')
    const { recipient } = g.course.phase.attempt.joined.get(1)!
    const other = {
      recipient: recipient.replace(/.$/, (c) => (c === 'q' ? 'p' : 'q')),
      commitment: hash('another'),
    }
    expect(judge(g, 'trustee-joined', { trustee: 1, ...other })?.code).toBe('CEREMONY')
    expect(judge(g, 'trustee-joined', { trustee: 2, ...other })).toBeUndefined()
  })

  it('confirms the last dealing only', () => {
    const g = grown('dealt')
    expect(g.course.phase.attempt.lastDealt).toBe(hash('leaf 6'))
    expect(judge(g, 'trustee-confirmed', { dealt: hash('leaf 5') })?.code).toBe('CEREMONY')
  })

  it('whoever confirmed cannot complain', () => {
    const g = grown('dealt')
    g.add('trustee-confirmed', { trustee: 1 })
    expect(refused(g, 'trustee-complained', 1)).toBe('CEREMONY')
    expect(refused(g, 'trustee-complained', 2)).toBeUndefined()
    expect(g.course.phase.ceremonyDone).toBe(false)
  })

  it('ends with a complaint, for ever, and starts again with the next attempt', () => {
    const g = grown('dealt')
    g.add('trustee-confirmed', { trustee: 1 })
    g.add('trustee-complained', { trustee: 3 })
    for (const kind of [
      'trustee-joined',
      'trustee-dealt',
      'trustee-confirmed',
      'trustee-complained',
    ] as const)
      expect(judge(g, kind, { trustee: 2 })).toMatchObject({ code: 'CEREMONY', why: /restart/ })
    for (const attempt of [1, 3]) expect(judge(g, 'ceremony-restarted', { attempt })?.code).toBe('ATTEMPT')
    g.add('ceremony-restarted')
    expect(g.course.phase.attempt).toMatchObject({ number: 2, lastDealt: '0'.repeat(64) })
    for (const attempt of [1, 3]) expect(judge(g, 'trustee-joined', { attempt })?.code).toBe('ATTEMPT')
    g.each('trustee-joined').each('trustee-dealt').each('trustee-confirmed')
    expect(g.course.phase.ceremonyDone).toBe(true)
  })

  it('a restart takes back even a finished one', () => {
    const g = grown('ready')
    g.add('ceremony-restarted')
    expect(judge(g, 'opened', {}, opens)).toMatchObject({ code: 'CEREMONY' })
  })

  it('must be finished, and the roll sealed, before opening', () => {
    const g = grown('joined')
    g.add('roll')
    expect(judge(g, 'opened', {}, opens)?.code).toBe('PHASE')
    g.add('roll-sealed')
    g.each('trustee-dealt')
    g.add('trustee-confirmed', { trustee: 1 })
    g.add('trustee-confirmed', { trustee: 2 })
    expect(judge(g, 'opened', {}, opens)?.code).toBe('CEREMONY')
    g.add('trustee-confirmed', { trustee: 3 })
    expect(judge(g, 'opened', {}, opens)).toBeUndefined()
  })
})

describe('time', () => {
  const second = (time: string, by: number) =>
    new Date(Date.parse(time) + 1000 * by).toISOString().replace('.000', '')
  it('never goes back, and may stand still', () => {
    const g = grown('open')
    expect(judge(g, 'notice', {}, second(opens, -1))?.code).toBe('TIME')
    expect(judge(g, 'notice', {}, opens)).toBeUndefined()
  })

  it('opens from the scheduled time until before the closing time', () => {
    const g = grown('ready')
    expect(judge(g, 'opened', {}, second(opens, -1))?.code).toBe('TIME')
    expect(judge(g, 'opened', {}, second(closes, -1))).toBeUndefined()
    expect(judge(g, 'opened', {}, closes)?.code).toBe('TIME')
    expect(judge(g, 'aborted', {}, closes)).toBeUndefined()
  })

  it('closes at the scheduled time, or earlier on request', () => {
    expect(judge(grown('voted'), 'closed', {}, second(closes, -1))?.code).toBe('TIME')
    expect(judge(grown('voted'), 'closed', {}, closes)).toBeUndefined()
    expect(judge(grown('requested'), 'closed', {}, opens)).toBeUndefined()
  })

  it('is not extended once voting is closed at its time', () => {
    const g = grown('voted')
    g.add('closed', {}, closes)
    expect(judge(g, 'extended')).toEqual({ code: 'PHASE', why: 'voting is closed' })
  })

  it('lets ballots be late by the tolerance', () => {
    const g = grown('open')
    expect(judge(g, 'ballot', {}, second(closes, 60))).toBeUndefined()
    expect(judge(g, 'ballot', {}, second(closes, 61))?.code).toBe('TIME')
  })

  it('is extended before it has passed, and only forwards', () => {
    const g = grown('open')
    for (const earlier of [closes, second(closes, -1)])
      expect(judge(g, 'extended', { closes: earlier })?.code).toBe('TIME')
    expect(judge(g, 'extended', {}, closes)?.code).toBe('TIME')
    const later = second(closes, 3_600)
    g.add('extended', { closes: later }, second(closes, -1))
    expect(g.course.phase.closes).toBe(later)
    expect(judge(g, 'closed', {}, closes)?.code).toBe('TIME')
    expect(judge(g, 'extended', { closes: later }, closes)?.code).toBe('TIME')
    expect(judge(g, 'ballot', {}, second(later, 60))).toBeUndefined()
    expect(judge(g, 'closed', {}, later)).toBeUndefined()
  })

  it('extended before opening counts for the opening', () => {
    const g = grown('ready')
    g.add('extended')
    expect(judge(g, 'opened', {}, closes)).toBeUndefined()
  })
})

describe('numbers', () => {
  it('of entries and ballots are counted when closing', () => {
    const g = grown('requested')
    expect(g.course.phase.ballots).toBe(1)
    for (const wrong of [{ entries: g.index - 1 }, { entries: g.index + 1 }, { ballots: 0 }, { ballots: 2 }])
      expect(judge(g, 'closed', wrong)?.code).toBe('NUMBERS')
  })

  it('of cancellations are counted when reconciling', () => {
    const g = grown('voted')
    g.add('cancelled')
    g.add('closed', {}, closes)
    g.add('cancelled', { credential: hash('credential 0') })
    expect(judge(g, 'reconciled', { cancellations: 1 })?.code).toBe('NUMBERS')
    g.add('reconciled', { cancellations: 2 })
  })
})

describe('the end', () => {
  const withheld = (g: Growing, some: (unit: number) => boolean) => {
    const tallied = g.next('tallied')
    if (tallied.kind !== 'tallied') throw new Error('not a tally')
    g.add('tallied', { units: tallied.value.units.map((u, i) => ({ ...u, withheld: some(i) })) })
    return g
  }

  it('waits for t trustees, and takes more', () => {
    const g = grown('tallied')
    expect(g.course.phase.published).toBe(4)
    g.add('decrypted', { trustee: 3 })
    expect(judge(g, 'decrypted', { trustee: 3 })).toMatchObject({ code: 'PHASE', why: /decrypted already/ })
    expect(judge(g, 'result')?.code).toBe('PHASE')
    g.add('decrypted', { trustee: 1 })
    expect(judge(g, 'decrypted', { trustee: 2 })).toBeUndefined()
    expect(judge(g, 'result')).toBeUndefined()
  })

  it('comes without trustees where every unit is withheld', () => {
    const g = withheld(grown('reconciled'), () => true)
    expect(g.course.phase.published).toBe(0)
    expect(judge(g, 'decrypted')).toMatchObject({ code: 'PHASE', why: /withheld/ })
    g.add('result')
    expect(g.course.phase.ended).toBe('result')
  })

  it('needs trustees where one unit is left', () => {
    const g = withheld(grown('reconciled'), (i) => i > 0)
    expect(judge(g, 'result')?.code).toBe('PHASE')
    expect(judge(g, 'decrypted')).toBeUndefined()
  })

  it('is final, and named', () => {
    for (const [column, name] of [
      ['Z', 'result'],
      ['A', 'aborted'],
    ] as const) {
      const g = states[column]!()
      expect(g.course.phase).toMatchObject({ stage: 'ended', ended: name })
      expect(judge(g, 'notice')).toMatchObject({ code: 'PHASE', why: `nothing follows ${name}` })
    }
  })
})

it('the manifest is entry 0 and nowhere else', () => {
  const g = new Growing()
  g.index = 1
  expect(judge(g, 'manifest')?.code).toBe('PHASE')
  expect(g.course.phase.published).toBeUndefined()
})

it('remembers the entry that opened the voting', () => {
  const g = grown('ready')
  expect(g.course.phase.opened).toBeUndefined()
  const { index } = g
  const { value } = g.next('opened')
  g.add('opened', {}, opens)
  expect(g.course.phase.opened).toEqual({ leaf: hash(`leaf ${index}`), index, value })
})

describe('the course of an election', () => {
  it('asks the phase before the roll and the ballot box', () => {
    const g = new Growing()
    for (const kind of ['roll', 'ballot'] as const)
      expect(g.judge(kind)).toMatchObject(judge(g, kind) ?? { code: 'a refusal' })
  })
})

it('is too late to open from the closing time on, and only before the opening', () => {
  const late = (state: keyof typeof states, time: string) =>
    states[state]!().course.phase.isTooLateToOpen(time)
  expect([late('R', opens), late('R', closes), late('R', '2099-01-01T00:00:00Z')]).toEqual([
    false,
    true,
    true,
  ])
  expect([late('E', closes), late('O', closes), late('A', closes)]).toEqual([false, false, false])
})
