import type { EntryKind } from '@cista/protocol'
import { describe, expect, it } from 'vitest'
import { type Changes, Growing, credentials, grown, hash, manifest } from './support.js'

const [c0, c1, c2, , , c5, c6, c7] = credentials as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
]
const item = (key: string, style = 'full', weight = 1) => ({ key, style, weight })
const why = <K extends EntryKind>(g: Growing, kind: K, changes: Changes<K>) => {
  const refusal = g.judge(kind, changes)
  return refusal && `${refusal.code}: ${refusal.why}`
}

describe('chunks', () => {
  it('ascend within and over chunks', () => {
    const g = grown('created')
    g.add('roll', { credentials: [item(c0), item(c2)] })
    for (const list of [[item(c2)], [item(c1)], [item(c0)], [item(c6), item(c5)], [item(c5), item(c5)]])
      expect(why(g, 'roll', { credentials: list })).toMatch(/^ROLL: credential \w+ does not come after/)
    g.add('roll', { credentials: [item(c5, 'short', 3)] })
    expect(g.course.roll).toMatchObject({ size: 3, chunks: 2, weight: 5 })
    expect(g.course.roll.get(c5)).toEqual({ style: 'short', weight: 3 })
    expect(g.course.roll.get(c1)).toBeUndefined()
  })

  it('name known styles', () => {
    expect(why(grown('created'), 'roll', { credentials: [item(c0, 'tall')] })).toBe(
      'ROLL: no ballot style “tall”',
    )
  })

  it('stay within the largest total weight', () => {
    const g = new Growing(manifest({ maximumWeight: 10 }))
    g.add('manifest')
    g.add('roll', { credentials: [item(c0, 'full', 6)] })
    expect(why(g, 'roll', { credentials: [item(c1, 'full', 3), item(c2, 'full', 2)] })).toMatch(
      /^ROLL_WEIGHT: .* 11, at most 10/,
    )
    expect(g.judge('roll', { credentials: [item(c1, 'full', 4)] })).toBeUndefined()
  })

  it('are sealed with their numbers', () => {
    const g = grown('confirmed')
    g.add('roll')
    expect(why(g, 'roll-sealed', { chunks: 2 })).toBe('ROLL: 2 chunks sealed, 1 are on the board')
    expect(why(g, 'roll-sealed', { credentials: 5 })).toBe('ROLL: 5 credentials sealed, 6 are on the board')
    expect(why(g, 'roll-sealed', { weight: 20 })).toBe('ROLL: a weight of 20 sealed, 21 is on the board')
    g.add('roll-sealed')
  })
})

describe('changes', () => {
  const none = { added: [], removed: [], rekeyed: [], restyled: [], reweighted: [] }
  it('do what they say, in one step', () => {
    const g = grown('ready')
    g.add('roll-changed', {
      added: [item(c7, 'short', 9)],
      removed: [c0],
      rekeyed: [{ from: c1, to: c6 }],
      restyled: [{ key: c2, style: 'short' }],
      reweighted: [{ key: c5, weight: 1 }],
    })
    const { roll } = g.course
    expect([c0, c1, c2, c5, c6, c7].map((c) => roll.get(c))).toEqual([
      undefined,
      undefined,
      { style: 'short', weight: 3 },
      { style: 'short', weight: 1 },
      { style: 'full', weight: 2 },
      { style: 'short', weight: 9 },
    ])
    expect(roll).toMatchObject({ size: 6, chunks: 1, weight: 21 - 1 - 5 + 9 })
  })

  const unknown = hash('nobody')
  it.each<[what: string, change: Changes<'roll-changed'>, message: RegExp]>([
    ['nothing', {}, /changes nothing/],
    ['an unknown removed', { removed: [unknown] }, /is not on the roll/],
    ['an unknown re-keyed', { rekeyed: [{ from: unknown, to: c6 }] }, /is not on the roll/],
    ['an unknown re-styled', { restyled: [{ key: unknown, style: 'full' }] }, /is not on the roll/],
    ['an unknown re-weighted', { reweighted: [{ key: unknown, weight: 1 }] }, /is not on the roll/],
    ['one added that is there', { added: [item(c0)] }, /is on the roll already/],
    ['one re-keyed to another', { rekeyed: [{ from: c0, to: c1 }] }, /is on the roll already/],
    ['one re-keyed to itself', { rekeyed: [{ from: c0, to: c0 }] }, /in two places/],
    ['one twice in a list', { removed: [c0, c0] }, /in two places/],
    ['one in two lists', { removed: [c0], reweighted: [{ key: c0, weight: 2 }] }, /in two places/],
    ['one removed and added', { removed: [c0], added: [item(c0)] }, /in two places/],
    [
      'two re-keyed to one',
      {
        rekeyed: [
          { from: c0, to: c6 },
          { from: c1, to: c6 },
        ],
      },
      /in two places/,
    ],
    ['an unknown style added', { added: [item(c6, 'tall')] }, /no ballot style “tall”/],
    ['an unknown style', { restyled: [{ key: c0, style: 'tall' }] }, /no ballot style “tall”/],
  ])('refuse %s', (_, change, message) => {
    const refusal = grown('ready').judge('roll-changed', { ...none, ...change })
    expect(refusal).toMatchObject({ code: 'ROLL', why: message })
  })

  it('keep to the largest total weight, after each', () => {
    const g = grown('ready', manifest({ maximumWeight: 21 }))
    expect(why(g, 'roll-changed', { ...none, added: [item(c6)] })).toMatch(/^ROLL_WEIGHT/)
    expect(why(g, 'roll-changed', { ...none, reweighted: [{ key: c0, weight: 2 }] })).toMatch(/^ROLL_WEIGHT/)
    expect(g.judge('roll-changed', { ...none, added: [item(c6)], removed: [c0] })).toBeUndefined()
    g.add('roll-changed', { ...none, reweighted: [{ key: c5, weight: 1 }] })
    g.add('roll-changed', { ...none, added: [item(c6, 'full', 5)] })
    expect(g.course.roll.weight).toBe(21)
  })

  it('may add again what was removed', () => {
    const g = grown('ready')
    g.add('roll-changed', { ...none, removed: [c0] })
    g.add('roll-changed', { ...none, added: [item(c0, 'short', 2)] })
    expect(g.course.roll.get(c0)).toEqual({ style: 'short', weight: 2 })
  })
})

describe('cancellations', () => {
  it('are final, and of credentials that are there', () => {
    const g = grown('open')
    expect(why(g, 'cancelled', { credential: c6 })).toBe('ROLL: a credential that is not on the roll')
    g.add('cancelled', { credential: c0 })
    expect(g.course.roll.isCancelled(c0)).toBe(true)
    expect(why(g, 'cancelled', { credential: c0 })).toBe('ROLL: a credential that is cancelled already')
    for (const change of [
      { removed: [c0] },
      { removed: [], rekeyed: [{ from: c0, to: c6 }] },
      { removed: [], restyled: [{ key: c0, style: 'short' }] },
      { removed: [], reweighted: [{ key: c0, weight: 2 }] },
    ])
      expect(why(g, 'roll-changed', change)).toMatch(/^ROLL: credential \w+ is cancelled for good/)
  })
})
