import { parseTracker } from '@cista/client'
import { describe, expect, it } from 'vitest'

const tracker = `0533abcd${'7'.repeat(52)}9f21`
const parsed = (typed: string) => {
  const given = parseTracker(typed)
  if ('fault' in given) throw new Error(given.fault)
  return given
}

describe('a tracker as it is typed', () => {
  it.each([tracker, tracker.toUpperCase(), ` ${tracker.slice(0, 32)} ${tracker.slice(32)}\n`])(
    'is whole: %j',
    (typed) => {
      const { whole, matches, compared } = parsed(typed)
      expect(whole).toBe(tracker)
      expect(matches(tracker)).toBe(true)
      expect(matches(tracker.replace('0', '1'))).toBe(false)
      expect(compared).toBe('all 64 digits')
    },
  )

  it.each([
    ['0533abcd…9f21', 8, 4, 24],
    ['0533ABCD ... 9F21', 8, 4, 24],
    ['0533abcd77…779f21', 10, 6, 32],
    ['０５３３ａｂｃｄ……９ｆ２１', 8, 4, 24],
    ['0533abcd。。。9f21', 8, 4, 24],
    [`${tracker.slice(0, 59)}…9f21`, 59, 4, 126],
  ])('is its ends: %s', (typed, first, last, log) => {
    const { whole, matches, compared } = parsed(typed)
    expect(whole).toBeUndefined()
    expect(matches(tracker)).toBe(true)
    expect(matches(`1${tracker.slice(1)}`)).toBe(false)
    expect(matches(`${tracker.slice(0, 63)}2`)).toBe(false)
    expect(compared).toContain(`the first ${first} and the last ${last} of 64 digits`)
    expect(compared).toContain(`2^${log} ballots`)
  })

  it.each([
    ['', /has 64 digits/],
    [tracker.slice(1), /has 64 digits/],
    [`${tracker}0`, /has 64 digits/],
    ['0533abcd', /has 64 digits/],
    ['0533abcd..9f21', /has 64 digits/],
    ['0533abcd…', /has 64 digits/],
    [tracker.replace('0', 'g'), /has 64 digits/],
    ['0533abc…9f21', /these are 7 and 4/],
    ['0533abcd…f21', /these are 8 and 3/],
    [`${tracker.slice(0, 60)}…9f21`, /these are 64/],
    [`${tracker}…9f21`, /these are 68/],
  ])('is neither, and nobody is accused: %j', (typed, why) => {
    expect(parseTracker(typed)).toEqual({ fault: expect.stringMatching(why) })
  })
})
