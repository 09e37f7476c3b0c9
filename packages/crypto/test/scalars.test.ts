import {
  hedgedNonces,
  type LinearRelation,
  randomScalar,
  ristretto255 as g,
  scalarStream,
  serializeRelation,
} from '@cista/crypto'
import { describe, expect, it } from 'vitest'
import { tag } from './support.js'

/** What `work` makes where the platform's generator gives these bytes, and no others. */
function drawing<T>(draws: readonly Uint8Array[], work: () => T): T {
  const rest = [...draws]
  const getRandomValues = (array: Uint8Array): Uint8Array => {
    expect(array).toHaveLength(rest[0]?.length ?? 0)
    array.set(rest.shift()!)
    return array
  }
  Object.defineProperty(globalThis.crypto, 'getRandomValues', { value: getRandomValues, configurable: true })
  try {
    return work()
  } finally {
    // The platform's own stands on the prototype.
    Reflect.deleteProperty(globalThis.crypto, 'getRandomValues')
  }
}

const little = (n: bigint) => Uint8Array.from({ length: 64 }, (_, i) => Number((n >> BigInt(8 * i)) & 255n))

describe('a random scalar', () => {
  it('is 64 fresh bytes, little-endian, reduced', () => {
    expect(drawing([little(5n)], randomScalar)).toBe(5n)
    expect(drawing([little(2n ** 512n - 1n)], randomScalar)).toBe((2n ** 512n - 1n) % g.order)
  })

  it('is drawn again where it would be 0', () => {
    expect(drawing([little(0n), little(3n * g.order), little(7n)], randomScalar)).toBe(7n)
  })
})

describe('hedged nonces', () => {
  it('are drawn from 32 fresh bytes, tag, statement and secrets, in this order', () => {
    const [fresh, secrets] = [new Uint8Array(32).fill(9), [11n, g.order - 1n]]
    const context = tag('nonces', g)
    const relation: LinearRelation = {
      elements: [g.base, g.mulPublic(g.base, 10n)],
      equations: [
        {
          image: [[1, 1n]],
          terms: [
            [0, 0, 1n],
            [1, 0, 1n],
          ],
        },
      ],
    }
    const next = scalarStream(
      'CISTA-V01-nonces',
      fresh,
      new TextEncoder().encode(context),
      serializeRelation(g, relation),
      ...secrets.map((secret) => g.encodeScalar(secret)),
    )
    const nonces = drawing([fresh], () => hedgedNonces(g, secrets, context, relation)(2))
    expect(nonces).toEqual([next(), next()])
  })
})
