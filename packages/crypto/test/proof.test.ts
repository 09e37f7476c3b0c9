import {
  type BatchItem,
  hedgedNonces,
  type LinearRelation,
  proveBatchable,
  proveCompact,
  publicKey,
  randomScalar,
  ristretto255 as g,
  sign,
  signatureItem,
  verifyBatch,
  verifyBatchable,
  verifyCompact,
  verifySignature,
} from '@cista/crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { flipped, tag, toHex } from './support.js'

const x = randomScalar()
const relation: LinearRelation = {
  elements: [g.base, g.mulPublic(g.base, x)],
  equations: [{ image: [[1, 1n]], terms: [[0, 0, 1n]] }],
}
const batchable = tag('a', g)
const compact = batchable.replace('DSFS', 'CMPT')

describe('proofs', () => {
  it('verify in both flavours, weights negative or large', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: g.order - 1n }),
        fc.bigInt({ min: -9n, max: 9n }),
        (w, weight) => {
          fc.pre(weight !== 0n)
          const weighted: LinearRelation = {
            elements: [g.base, g.mulPublic(g.base, (((w * weight) % g.order) + g.order) % g.order)],
            equations: [{ image: [[1, 1n]], terms: [[0, 0, weight]] }],
          }
          const proof = proveBatchable(g, weighted, [w], batchable)
          expect(verifyBatchable(g, weighted, proof, batchable)).toBe(true)
          expect(verifyBatch(g, [{ relation: weighted, proof, tag: batchable }])).toEqual([])
          expect(verifyCompact(g, weighted, proveCompact(g, weighted, [w], compact), compact)).toBe(true)
        },
      ),
      { seed: 3, numRuns: 10 },
    )
  })

  it('may have a response of zero', () => {
    const zeroSum: LinearRelation = {
      elements: [g.base, g.mulPublic(g.base, 2n)],
      equations: [
        {
          image: [[1, 1n]],
          terms: [
            [0, 0, 1n],
            [1, 1, 1n],
          ],
        },
      ],
    }
    const proof = proveBatchable(g, zeroSum, [2n, 0n], batchable, { nonces: () => [9n, 0n] })
    expect(g.decodeScalar(proof.subarray(64))).toBe(0n)
    expect(verifyBatchable(g, zeroSum, proof, batchable)).toBe(true)
    expect(verifyBatch(g, [{ relation: zeroSum, proof, tag: batchable }])).toEqual([])
  })

  it('of one flavour are none of the other', () => {
    const proof = proveBatchable(g, relation, [x], batchable)
    expect(verifyCompact(g, relation, proof, compact)).toBe(false)
    expect(verifyBatchable(g, relation, proveCompact(g, relation, [x], compact), batchable)).toBe(false)
  })

  it('need a tag with flavour and suite, in ASCII', () => {
    expect(() => proveBatchable(g, relation, [x], compact)).toThrow(RangeError)
    expect(() => proveBatchable(g, relation, [x], 'DSFS')).toThrow(RangeError)
    for (const odd of [`é-${batchable}`, `${batchable}é`, `${batchable}\n`])
      expect(() => proveBatchable(g, relation, [x], odd)).toThrow(RangeError)
    expect(verifyBatchable(g, relation, proveBatchable(g, relation, [x], batchable), 'DSFS')).toBe(false)
  })

  it('are not begun on a bad instance, witness or commitment', () => {
    expect(() => proveBatchable(g, { ...relation, elements: [g.base, g.identity] }, [x], batchable)).toThrow(
      /check 8/,
    )
    expect(() => proveBatchable(g, relation, [x, x], batchable)).toThrow(RangeError)
    expect(() => proveBatchable(g, relation, [x], batchable, { nonces: () => [] })).toThrow(RangeError)
    expect(() => proveBatchable(g, relation, [x], batchable, { nonces: () => [0n] })).toThrow(RangeError)
    expect(() => proveBatchable(g, relation, [x], batchable, { commit: () => [] })).toThrow(RangeError)
  })

  it('never answer garbage with an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(verifyBatchable(g, relation, bytes, batchable)).toBe(false)
        expect(verifyCompact(g, relation, bytes, compact)).toBe(false)
        expect(verifyBatch(g, [{ relation, proof: bytes, tag: batchable }])).toEqual([0])
      }),
      { seed: 4, numRuns: 50 },
    )
  })

  it('draw nonces anew every time', () => {
    const draw = () => hedgedNonces(g, [x], batchable, relation)(2)
    const [a, b] = [draw(), draw()]
    expect(new Set([...a, ...b]).size).toBe(4)
  })
})

describe('signatures', () => {
  const key = publicKey(x)
  const signature = sign(x, batchable)

  it('verify under their key and tag only', () => {
    expect(signature.length).toBe(64)
    expect(verifySignature(key, batchable, signature)).toBe(true)
    expect(verifySignature(key, tag('b', g), signature)).toBe(false)
    expect(verifySignature(publicKey(randomScalar()), batchable, signature)).toBe(false)
    for (const at of [0, 31, 32, 63])
      expect(verifySignature(key, batchable, flipped(signature, at))).toBe(false)
  })

  it('refuse malformed keys and secrets', () => {
    for (const bad of [new Uint8Array(32), new Uint8Array(31), flipped(key, 0)]) {
      expect(verifySignature(bad, batchable, signature)).toBe(false)
      expect(() => signatureItem(bad, batchable, signature)).toThrow(RangeError)
    }
    expect(() => publicKey(0n)).toThrow(RangeError)
    expect(() => sign(g.order, batchable)).toThrow(RangeError)
  })

  it('of s + order are refused: one signature, one encoding', () => {
    const s = BigInt(`0x${toHex(signature.slice(32).reverse())}`) + g.order
    const bytes = Uint8Array.from(Buffer.from(s.toString(16).padStart(64, '0'), 'hex')).reverse()
    const malleated = new Uint8Array([...signature.subarray(0, 32), ...bytes])
    expect(verifySignature(key, batchable, malleated)).toBe(false)
    expect(verifyBatch(g, [signatureItem(key, batchable, malleated)])).toEqual([0])
  })
})

describe('batches', () => {
  const items: BatchItem[] = Array.from({ length: 12 }, (_, i) => {
    const secret = randomScalar()
    return signatureItem(publicKey(secret), tag(`${i}`, g), sign(secret, tag(`${i}`, g)))
  })
  const spoilt = (bad: readonly number[]) =>
    items.map((item, i) => (bad.includes(i) ? { ...item, proof: flipped(item.proof, 40, i % 8) } : item))

  it('accept nothing at all', () => expect(verifyBatch(g, [])).toEqual([]))

  it('name exactly the bad', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(11), { maxLength: 12 }), (bad) => {
        expect(verifyBatch(g, spoilt(bad))).toEqual(bad.toSorted((a, b) => a - b))
      }),
      { seed: 5, numRuns: 10 },
    )
  })

  it('name in order what is malformed and what is false', () => {
    const short = (item: BatchItem) => ({ ...item, proof: item.proof.subarray(1) })
    const mixed = spoilt([2, 10]).map((item, i) => (i === 5 || i === 11 ? short(item) : item))
    expect(verifyBatch(g, mixed)).toEqual([2, 5, 10, 11])
  })

  it('find errors that cancel each other in a plain sum', () => {
    const [a, b] = items as [BatchItem, BatchItem]
    const shift = (item: BatchItem, by: bigint) => {
      const s = (g.decodeScalar(item.proof.subarray(32)) + by + g.order) % g.order
      return { ...item, proof: new Uint8Array([...item.proof.subarray(0, 32), ...g.encodeScalar(s)]) }
    }
    expect(verifyBatch(g, [shift(a, 1n), shift(b, -1n), ...items.slice(2)])).toEqual([0, 1])
  })
})
