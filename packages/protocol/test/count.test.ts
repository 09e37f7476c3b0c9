import { concat, fromHex, sha256, toHex } from '@cista/board'
import { BallotBox, countBallots, noReplaced } from '@cista/protocol'
import { describe, expect, it } from 'vitest'
import { type Changes, type Growing, contestParts, credentials, grown, hash, manifest } from './support.js'

const [c0, c1, c2, c3, c4, c5, c6] = credentials as [string, string, string, string, string, string, string]
const none = { added: [], removed: [], rekeyed: [], restyled: [], reweighted: [] }
const short = (g: Growing) => ({
  style: 'short',
  contests: contestParts(g.course.definition.forms.slice(0, 1)),
})
const vote = (g: Growing, credential: string, changes: Changes<'ballot'> = {}) =>
  g.add('ballot', { credential, replaces: g.course.box.last(credential)?.tracker ?? noReplaced, ...changes })
const count = ({ course }: Growing) =>
  countBallots(course.definition, course.ballots, course.roll, course.box)

describe('a ballot is taken', () => {
  const refused = (g: Growing, changes: Changes<'ballot'>) => g.judge('ballot', changes)?.code

  it('from a credential on the roll, with its style, not cancelled', () => {
    const g = grown('open')
    expect(refused(g, { credential: c6 })).toBe('BALLOT_CREDENTIAL')
    expect(refused(g, { credential: c4 })).toBe('BALLOT_STYLE')
    expect(refused(g, { credential: c4, ...short(g) })).toBeUndefined()
    g.add('cancelled', { credential: c1 })
    expect(refused(g, { credential: c1 })).toBe('BALLOT_CANCELLED')
  })

  it('if it replaces the last one, as often as is allowed', () => {
    const g = grown('open')
    expect(g.judge('ballot', { replaces: hash('nothing') })).toEqual({
      code: 'BALLOT_REPLACES',
      why: 'replaces a ballot that is not there',
    })
    const first = vote(g, c0)
    expect(g.course.box.last(c0)?.tracker).toBe(first)
    expect(refused(g, { replaces: noReplaced })).toBe('BALLOT_REPLACES')
    const second = vote(g, c0)
    expect(refused(g, { replaces: first })).toBe('BALLOT_REPLACES')
    expect(refused(g, { credential: c1, replaces: second })).toBe('BALLOT_REPLACES')
    vote(g, c0)
    expect(g.judge('ballot')).toMatchObject({ code: 'BALLOT_REVISIONS', why: 'more than 2 re-votes' })
    expect(g.course.phase.ballots).toBe(3)
  })

  it('once, where re-voting is not allowed', () => {
    const g = grown('voted', manifest({ revisions: 0 }))
    expect(g.judge('ballot')).toMatchObject({ code: 'BALLOT_REVISIONS', why: /not allowed/ })
  })

  it('from a new key without regard to the old one', () => {
    const g = grown('voted')
    g.add('roll-changed', { ...none, rekeyed: [{ from: c0, to: c6 }] })
    expect(refused(g, {})).toBe('BALLOT_CREDENTIAL')
    expect(refused(g, { credential: c6, replaces: noReplaced })).toBeUndefined()
  })

  it('an empty box has no last ballot', () => {
    expect(new BallotBox(0).last(c0)).toBeUndefined()
  })
})

describe('every ballot has one class', () => {
  /** c0 re-voted and counts; c1 re-voted and is cancelled; c2 is cancelled and removed; c3 is re-styled; c4 is re-keyed; c5 counts. */
  const g = grown('open')
  vote(g, c0)
  vote(g, c1)
  vote(g, c1)
  vote(g, c2)
  vote(g, c3)
  vote(g, c4, short(g))
  vote(g, c5, short(g))
  const revote = vote(g, c0)
  g.add('roll-changed', { ...none, restyled: [{ key: c3, style: 'short' }], rekeyed: [{ from: c4, to: c6 }] })
  g.add('cancelled', { credential: c1 })
  g.add('close-requested')
  g.add('closed')
  g.add('cancelled', { credential: c2 })
  const result = count(g)

  it('superseded, else cancelled, else void, else counted', () => {
    expect(result.totals).toEqual({ superseded: 2, cancelled: 2, void: 2, counted: 2 })
    expect(result.counted.map(({ credential, weight }) => [credential, weight])).toEqual([
      [c5, 6],
      [c0, 1],
    ])
    expect(result.counted[1]).toMatchObject({ tracker: revote, style: 'full' })
  })

  it('counted in each unit of its style', () => {
    const full = { superseded: 2, cancelled: 2, void: 1, counted: 1, withheld: false }
    expect(result.units).toEqual([
      full,
      { superseded: 0, cancelled: 0, void: 1, counted: 1, withheld: false },
      full,
      full,
    ])
  })

  it('under a root over the sorted counted ballots', () => {
    const leaf = (i: number) => {
      const { credential, tracker } = result.counted[i]!
      return sha256(concat(Uint8Array.of(0), fromHex(credential), fromHex(tracker)))
    }
    // In board order c5 comes first, sorted c0.
    expect(result.root).toBe(toHex(sha256(concat(Uint8Array.of(1), leaf(1), leaf(0)))))
  })
})

it('a ballot whose credential left the roll is void, and counts again when it is back with its style', () => {
  const g = grown('voted')
  g.add('roll-changed', { ...none, removed: [c0] })
  expect(count(g).totals).toMatchObject({ void: 1, counted: 0 })
  g.add('roll-changed', { ...none, added: [{ key: c0, style: 'full', weight: 7 }] })
  expect(count(g).counted).toMatchObject([{ credential: c0, weight: 7 }])
})

it('units with fewer counted ballots than the minimum are withheld', () => {
  const g = grown('open', manifest({ minimumBallots: 2 }))
  vote(g, c0)
  vote(g, c1)
  vote(g, c4, short(g))
  expect(count(g).units.map((u) => u.withheld)).toEqual([false, true, false, false])
})

it('a ballot that the box never took is superseded', () => {
  const { course } = grown('voted')
  const empty = new BallotBox(0)
  const { totals } = countBallots(course.definition, course.ballots, course.roll, empty)
  expect(totals).toEqual({ superseded: 1, cancelled: 0, void: 0, counted: 0 })
})

it('no ballots at all: every unit is withheld, and the root is that of nothing', () => {
  const result = count(grown('open'))
  expect(result.counted).toEqual([])
  expect(result.units.every((u) => u.withheld)).toBe(true)
  expect(result.root).toBe(toHex(sha256(new Uint8Array())))
})
