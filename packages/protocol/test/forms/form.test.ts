import { digitWeights, toDigits } from '@cista/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const seed = 20261123

function subsetSums(weights: readonly number[]): Set<number> {
  let sums = new Set([0])
  for (const w of weights) sums = new Set([...sums, ...[...sums].map((s) => s + w)])
  return sums
}
const valueOf = (bits: readonly number[], weights: readonly number[]) =>
  bits.reduce((sum, bit, i) => sum + bit * weights[i]!, 0)

describe('digits', () => {
  it('are powers of two and a rest', () => {
    expect([0, 1, 2, 3, 4, 5, 7, 10].map(digitWeights)).toEqual([
      [],
      [1],
      [1, 1],
      [1, 2],
      [1, 2, 1],
      [1, 2, 2],
      [1, 2, 4],
      [1, 2, 4, 3],
    ])
    expect(digitWeights(1_000_000)).toHaveLength(20)
  })

  it('reach every value of a range and no other', () => {
    for (let range = 0; range <= 70; range++)
      expect([...subsetSums(digitWeights(range))].toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: range + 1 }, (_, v) => v),
      )
  })

  it('represent each value once, by the specified rule', () => {
    for (let range = 0; range <= 70; range++) {
      const weights = digitWeights(range)
      const reach = 2 ** Math.floor(Math.log2(range + 1)) - 1
      const seen = new Set<string>()
      for (let value = 0; value <= range; value++) {
        const digits = toDigits(value, range)
        expect(digits).toHaveLength(weights.length)
        expect(valueOf(digits, weights)).toBe(value)
        if (range > reach) expect(digits.at(-1)).toBe(value > reach ? 1 : 0)
        seen.add(digits.join(''))
      }
      expect(seen.size).toBe(range + 1)
    }
  })

  it('hold for large ranges, around powers of two above all', () => {
    const range = fc.oneof(
      fc.integer({ min: 1, max: 1_000_000_000 }),
      fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: -1, max: 1 })).map(([k, d]) => 2 ** k + d),
    )
    fc.assert(
      fc.property(range, fc.double({ min: 0, max: 1, noNaN: true }), (max, part) => {
        const weights = digitWeights(max)
        const value = Math.floor(part * max)
        expect(weights.reduce((a, b) => a + b, 0)).toBe(max)
        for (const v of [0, value, max]) {
          const digits = toDigits(v, max)
          expect(digits.every((d) => d === 0 || d === 1)).toBe(true)
          expect(valueOf(digits, weights)).toBe(v)
        }
      }),
      { seed, numRuns: 300 },
    )
  })
})
