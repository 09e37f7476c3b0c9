import {
  type Element,
  invalidInstance,
  type LinearRelation,
  ristretto255 as g,
  serializeRelation,
} from '@cista/crypto'
import { describe, expect, it } from 'vitest'
import { elementAt, imageOf, mapOf } from '../src/relation.js'

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

const faults: [check: string, LinearRelation][] = Object.entries({
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
})

/** The same checks, where one cheaper look would have let it pass. */
const finer: typeof faults = [
  ['check 2', schnorr({ image: [[1, 1n]], terms: [] })],
  ['check 3', schnorr({ image: [[2 ** 32, 1n]], terms: [[0, 0, 1n]] })],
  ['check 3', schnorr({ image: [[0.5, 1n]], terms: [[0, 0, 1n]] })],
  ['check 3', schnorr({ image: [[1, 1n]], terms: [[-1, 0, 1n]] })],
  ['check 3', schnorr({ image: [[1, 1n]], terms: [[2 ** 32, 0, 1n]] })],
  ['check 9', schnorr({ image: [[1, 0n]], terms: [[0, 0, 1n]] })],
  ['check 9', schnorr({ image: [[1, g.order]], terms: [[0, 0, 1n]] })],
  ['check 10', schnorr({ image: [[1, 1n]], terms: [[1, 0, 0n]] })],
  ['check 10', schnorr({ image: [[1, 1n]], terms: [[1, 0, -g.order]] })],
  [
    'check 10',
    schnorr({
      image: [[1, 1n]],
      terms: [
        [1, 0, 1n],
        [1, 0, -1n],
      ],
    }),
  ],
]

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

  it.each([...faults, ...finer])('finds what fails %s', (check, relation) => {
    expect(invalidInstance(g, relation)).toMatch(new RegExp(`^${check}:`))
  })
})

describe('relations', () => {
  it('are serialized without the identity, wherever it stands', () => {
    for (const elements of [
      [g.base, g.identity, x, y],
      [g.base, h, x, g.identity],
    ])
      expect(() => serializeRelation(g, { ...good, elements })).toThrow(RangeError)
  })

  it('name the elements they have', () => {
    expect(elementAt(good, 3)).toBe(y)
    expect(() => elementAt(good, 4)).toThrow(RangeError)
  })

  it('take every weight, 0 and those beyond the order too', () => {
    const weights = [0n, 1n, -1n, 5n, -5n, g.order, g.order + 2n, -g.order - 2n]
    const relation = schnorr({
      image: weights.map((weight) => [1, weight]),
      terms: weights.map((weight) => [0, 1, weight]),
    })
    const sum = ((weights.reduce((a, b) => a + b) % g.order) + g.order) % g.order
    const [, image] = imageOf(g, relation) as [Element, Element]
    expect(g.equals(image, g.mulPublic(x, sum))).toBe(true)
    const [, mapped] = mapOf(g, relation, [3n], g.mulPublic) as [Element, Element]
    expect(g.equals(mapped, g.mulPublic(x, (3n * sum) % g.order))).toBe(true)
  })

  it('have the identity where nothing is summed', () => {
    const [, image] = imageOf(g, schnorr({ image: [], terms: [] })) as [Element, Element]
    expect(g.isIdentity(image)).toBe(true)
  })
})
