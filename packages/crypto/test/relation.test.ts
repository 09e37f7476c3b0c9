import { type Element, invalidInstance, type LinearRelation, ristretto255 as g } from '@cista/crypto'
import { describe, expect, it } from 'vitest'

const element = (n: bigint) => g.mulPublic(g.base, n)
const [h, x, y] = [element(7n), element(3n), element(21n)] as [Element, Element, Element]

/** Chaum–Pedersen: X = x·G, Y = x·H. */
const good: LinearRelation = {
  elements: [g.base, h, x, y],
  equations: [
    { image: [[2, 1n]], terms: [[0, 0, 1n]] },
    { image: [[3, 1n]], terms: [[0, 1, 1n]] },
  ],
}
const schnorr = (equation: LinearRelation['equations'][number], ...elements: Element[]): LinearRelation => ({
  elements: [g.base, x, ...elements],
  equations: [{ image: [[1, 1n]], terms: [[0, 0, 1n]] }, equation],
})

const faults: Record<string, LinearRelation> = {
  'check 1': { elements: [g.base], equations: [] },
  'check 2': { ...good, equations: [...good.equations, { image: [], terms: [[0, 0, 1n]] }] },
  'check 3': schnorr({ image: [[-1, 1n]], terms: [[0, 0, 1n]] }),
  'check 4': schnorr({ image: [[2, 1n]], terms: [[0, 0, 1n]] }),
  'check 5': { ...good, elements: [...good.elements, h] },
  'check 6': schnorr({ image: [[1, 1n]], terms: [[2, 0, 1n]] }),
  'check 7': { ...good, elements: [h, h, x, y] },
  'check 8': { ...good, elements: [g.base, g.identity, x, y] },
  'check 9': schnorr(
    {
      image: [
        [1, 2n],
        [2, -1n],
      ],
      terms: [[0, 0, 1n]],
    },
    element(6n),
  ),
  'check 10': schnorr({
    image: [[1, 1n]],
    terms: [
      [1, 0, 3n],
      [1, 1, -1n],
    ],
  }),
}

describe('invalidInstance', () => {
  it('accepts what is well formed', () => {
    expect(invalidInstance(g, good)).toBeUndefined()
    expect(
      invalidInstance(
        g,
        schnorr({
          image: [[1, -5n]],
          terms: [
            [1, 0, 2n],
            [1, 1, -1n],
          ],
        }),
      ),
    ).toBeUndefined()
  })

  it.each(Object.entries(faults))('finds what fails %s', (check, relation) => {
    expect(invalidInstance(g, relation)).toMatch(new RegExp(`^${check}:`))
  })
})
