/** A tracker as a voter gives it: all of it, or the digits that were written down. */
export interface WrittenTracker {
  /** The whole tracker, where all of it was given. */
  readonly whole: string | undefined
  /** Whether these digits are those of the tracker. */
  readonly matches: (tracker: string) => boolean
  /** What is compared, in words, and how much that says. */
  readonly compared: string
}

const digits = 64
const least = { first: 8, last: 4 }

/**
 * Reads 64 hexadecimal digits, or the first eight or more and the last four or more with `…` or `...` between. Spaces and capitals do not matter.
 * @returns `fault` where it is neither: that says nothing about any ballot.
 */
export function parseTracker(typed: string): WrittenTracker | { readonly fault: string } {
  // Keyboards in Chinese write wide digits and other dots; NFKC makes `...` of `…`.
  const text = typed.normalize('NFKC').toLowerCase().replace(/\s/g, '')
  if (/^[0-9a-f]{64}$/.test(text))
    return { whole: text, matches: (tracker) => tracker === text, compared: `all ${digits} digits` }
  const [, first, last] = /^([0-9a-f]+)(?:\.{3,}|。{2,})([0-9a-f]+)$/.exec(text) ?? []
  if (first === undefined || last === undefined)
    return {
      fault: `a tracker has ${digits} digits, 0 to 9 and a to f, or give its first and last ones, such as 0533abcd…9f21`,
    }
  if (first.length < least.first || last.length < least.last)
    return {
      fault: `at least the first ${least.first} and the last ${least.last} digits of the tracker are needed; these are ${first.length} and ${last.length}`,
    }
  const given = first.length + last.length
  if (given >= digits) return { fault: `a tracker has ${digits} digits, these are ${given}` }
  return {
    whole: undefined,
    matches: (tracker) => tracker.startsWith(first) && tracker.endsWith(last),
    // Two ballots that agree are found by making 2^(bits/2) of each (birthday paradox), by a device that may choose both.
    compared: `the first ${first.length} and the last ${last.length} of ${digits} digits, which a device could arrange only by making some 2^${2 * given} ballots before it showed the tracker`,
  }
}
