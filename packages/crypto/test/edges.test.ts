import {
  DiscreteLog,
  type Element,
  type LinearRelation,
  MAX_DISCRETE_LOG,
  type Scalar,
  cellsRelation,
  decodeCiphertext,
  encodeCiphertext,
  encrypt,
  evaluateCommitments,
  invalidInstance,
  lagrangeAtZero,
  p256,
  partialDecrypt,
  proveBatchable,
  proveCompact,
  publicKey,
  ristretto255 as g,
  samplePolynomial,
  scaleCiphertext,
  sealCells,
  serializeRelation,
  verifyBatchable,
  verifyCompact,
  verifyPartialDecryption,
  verifyPolynomial,
} from '@cista/crypto'
import { describe, expect, it } from 'vitest'
import { openBatchable } from '../src/proof.js'
import { DuplexSponge, sessionId } from '../src/sponge.js'
import { challengeLength, reduceUniform } from '../src/uint.js'
import { tag } from './support.js'

const multiple = (n: bigint): Element => g.mulPublic(g.base, n)
const dsfs = tag('edges', g)
const cmpt = dsfs.replace('DSFS', 'CMPT')
const mod = (n: bigint): Scalar => ((n % g.order) + g.order) % g.order

describe('a proof of one flavour, under a tag that names only the other', () => {
  const x = 11n
  const relation: LinearRelation = {
    elements: [g.base, multiple(x)],
    equations: [{ image: [[1, 1n]], terms: [[0, 0, 1n]] }],
  }

  it('is none, though all of its equations hold', () => {
    const proof = proveBatchable(g, relation, [x], dsfs)
    const { challenge } = openBatchable(g, relation, proof, dsfs)!
    const asCompact = Uint8Array.of(...g.encodeScalar(challenge), ...proof.subarray(32))
    expect(verifyCompact(g, relation, asCompact, dsfs)).toBe(false)
    const nonce = 5n
    const short = proveCompact(g, relation, [x], cmpt, { nonces: () => [nonce] })
    const asBatchable = Uint8Array.of(...g.encode(multiple(nonce)), ...short.subarray(32))
    expect(verifyBatchable(g, relation, asBatchable, cmpt)).toBe(false)
  })

  it('is not begun', () => {
    expect(() => proveCompact(g, relation, [x], dsfs)).toThrow('the tag must contain CMPT')
    expect(() => proveBatchable(g, relation, [x], cmpt)).toThrow('the tag must contain DSFS')
  })

  it('is not begun with too few or too many nonces', () => {
    for (const nonces of [[], [1n, 2n]])
      expect(() => proveBatchable(g, relation, [x], dsfs, { nonces: () => nonces })).toThrow(
        'nonces of a wrong number',
      )
  })
})

describe('a proof with one commitment that is the identity', () => {
  it('is none, in either flavour', () => {
    const [a, b] = [3n, 4n]
    const relation: LinearRelation = {
      elements: [g.base, multiple(a), multiple(b)],
      equations: [
        { image: [[1, 1n]], terms: [[0, 0, 1n]] },
        { image: [[2, 1n]], terms: [[1, 0, 1n]] },
      ],
    }
    expect(invalidInstance(g, relation)).toBeUndefined()
    for (const nonces of [() => [0n, 7n], () => [7n, 0n]]) {
      expect(() => proveBatchable(g, relation, [a, b], dsfs, { nonces })).toThrow('identity')
      expect(() => proveCompact(g, relation, [a, b], cmpt, { nonces })).toThrow('identity')
    }
    // One made by hand, with a challenge of the forger's choice: the commitment that follows is the identity.
    const challenge = 9n
    const response = [mod(challenge * a), mod(challenge * b + 7n)]
    const forged = Uint8Array.from([challenge, ...response].flatMap((s) => [...g.encodeScalar(s)]))
    expect(verifyCompact(g, relation, forged, cmpt)).toBe(false)
  })

  it('is none for an instance that is none', () => {
    const empty: LinearRelation = { elements: [g.base], equations: [] }
    expect(verifyCompact(g, empty, new Uint8Array(32), cmpt)).toBe(false)
    expect(verifyBatchable(g, empty, new Uint8Array(), dsfs)).toBe(false)
    const unused: LinearRelation = {
      elements: [g.base, multiple(3n), multiple(4n)],
      equations: [{ image: [[1, 1n]], terms: [[0, 0, 1n]] }],
    }
    for (const make of [proveBatchable, proveCompact])
      expect(() => make(g, unused, [3n], make === proveBatchable ? dsfs : cmpt)).toThrow('check 5')
    const used = { ...unused, elements: unused.elements.slice(0, 2) }
    expect(verifyCompact(g, unused, proveCompact(g, used, [3n], cmpt), cmpt)).toBe(false)
  })
})

describe('partial decryptions', () => {
  const alphas = [multiple(5n), g.identity, multiple(6n)]
  const key = multiple(8n)
  const { shares, proof } = partialDecrypt(8n, alphas, dsfs)

  it('are made with a share that is one', () => {
    for (const share of [0n, -1n, g.order, g.order + 8n])
      expect(() => partialDecrypt(share, alphas, dsfs)).toThrow('a share is in 1')
    for (const share of [1n, g.order - 1n]) {
      const made = partialDecrypt(share, alphas, dsfs)
      expect(verifyPartialDecryption(multiple(share), alphas, made.shares, dsfs, made.proof)).toBe(true)
    }
  })

  it('have one share for each output, not a byte more or less', () => {
    expect(verifyPartialDecryption(key, alphas, shares, dsfs, proof)).toBe(true)
    const longer = Uint8Array.of(...shares, ...shares.subarray(0, 32))
    for (const other of [
      longer,
      Uint8Array.of(...shares, 0),
      shares.subarray(0, -1),
      shares.subarray(0, -32),
    ])
      expect(verifyPartialDecryption(key, alphas, other, dsfs, proof)).toBe(false)
    const swapped = Uint8Array.of(
      ...shares.subarray(64),
      ...shares.subarray(32, 64),
      ...shares.subarray(0, 32),
    )
    expect(verifyPartialDecryption(key, alphas, swapped, dsfs, proof)).toBe(false)
  })

  it('have the identity for the identity, and nowhere else', () => {
    const zeros = new Uint8Array(32)
    expect(shares.subarray(32, 64)).toEqual(zeros)
    const withShare = (at: number, bytes: Uint8Array) => {
      const other = shares.slice()
      other.set(bytes, 32 * at)
      return verifyPartialDecryption(key, alphas, other, dsfs, proof)
    }
    expect(withShare(1, shares.subarray(0, 32))).toBe(false)
    expect(withShare(0, zeros)).toBe(false)
    // The proof says nothing of an output left out: its length does.
    expect(proof).toHaveLength(32 * 3 + 32)
  })
})

describe('ciphertexts', () => {
  const one = encrypt(multiple(3n), 1n, 7n)

  it('are weighted by whole numbers', () => {
    for (const weight of [-1, 0.5, NaN, Infinity, 2 ** 53])
      expect(() => scaleCiphertext(one, weight)).toThrow('a weight is a non-negative integer')
    expect(encodeCiphertext(scaleCiphertext(one, 0))).toEqual(new Uint8Array(64))
    expect(encodeCiphertext(scaleCiphertext(one, 1))).toEqual(encodeCiphertext(one))
    expect(encodeCiphertext(scaleCiphertext(one, 2))).toEqual(
      encodeCiphertext(encrypt(multiple(3n), 2n, 14n)),
    )
  })

  it('have 64 bytes', () => {
    const bytes = encodeCiphertext(one)
    for (const other of [bytes.subarray(1), Uint8Array.of(...bytes, 0), new Uint8Array()])
      expect(() => decodeCiphertext(other)).toThrow('a ciphertext has 64 bytes')
    const form = { cells: 2, sums: [] }
    for (const n of [0, 1, 3])
      expect(() =>
        cellsRelation(
          multiple(3n),
          form,
          Uint8Array.from(Array.from({ length: n }, () => [...bytes]).flat()),
        ),
      ).toThrow('ciphertexts of a wrong length')
    expect(() => cellsRelation(multiple(3n), form, Uint8Array.of(...bytes, ...bytes))).not.toThrow()
  })

  it('are sealed from bits, with one for every cell', () => {
    const form = { cells: 2, sums: [] }
    const seed = { label: 'CISTA-V01-test', parts: [] }
    const seal = (...bits: number[]) => sealCells(multiple(3n), form, bits as (0 | 1)[], dsfs, seed)
    for (const bits of [[0, 2], [2, 0], [1], [0, 0, 1], [0, -1]])
      expect(() => seal(...bits)).toThrow('one bit for every cell')
    expect(seal(0, 1).ciphertexts).toHaveLength(128)
  })
})

describe('groups', () => {
  it.each([g, p256])('$name encodes by its own order of bytes', (group) => {
    const one = group.encodeScalar(1n)
    expect(one).toHaveLength(32)
    expect(one.indexOf(1)).toBe(group === p256 ? 31 : 0)
    expect(group.decodeScalar(one)).toBe(1n)
    expect(group.suite).toBe(`sigma-proofs_Shake128_${group === p256 ? 'P256' : 'ristretto255'}`)
    expect(group.name).toBe(group === p256 ? 'P-256' : 'ristretto255')
  })

  it('names the group whose element has a wrong length, or is none', () => {
    for (const bytes of [new Uint8Array(31), new Uint8Array(33), new Uint8Array()])
      expect(() => g.decode(bytes)).toThrow('ristretto255 element of a wrong length')
    expect(() => p256.decode(new Uint8Array(32))).toThrow('P-256 element of a wrong length')
    expect(() => p256.decode(new Uint8Array(33).fill(9))).toThrow('not an encoded P-256 element')
  })

  it('refuses scalars outside the order', () => {
    for (const s of [-1n, g.order]) expect(() => g.encodeScalar(s)).toThrow('integer out of range')
  })

  it('keeps one table for the base', () => expect(g.fixedBase(g.base)).toBe(g.base))

  it.each([25, 300])('sums %i products of short, long, and mixed scalars', (n) => {
    const points = Array.from({ length: n }, (_, i) => multiple(BigInt(i + 1)))
    const short = (i: number) => (2n ** 128n - 1n) / BigInt(i + 1)
    const long = (i: number) => g.order - 1n - BigInt(i)
    const kinds = [
      short,
      long,
      (i: number) => (i % 2 === 0 ? short(i) : long(i)),
      (i: number) => (i === 3 ? 2n ** 128n : short(i)),
    ]
    for (const scalarAt of kinds) {
      const scalars = points.map((_, i) => scalarAt(i))
      const sum = scalars.reduce((all, s, i) => mod(all + s * BigInt(i + 1)), 0n)
      expect(g.equals(g.msm(points, scalars), multiple(sum))).toBe(true)
    }
  })
})

describe('polynomials', () => {
  it('have at least one coefficient', () => {
    for (const t of [0, -1, 0.5, NaN])
      expect(() => samplePolynomial(t)).toThrow('a threshold is a positive integer')
    expect(samplePolynomial(1)).toHaveLength(1)
  })

  it('have whole commitments, one at least', () => {
    for (const length of [0, 31, 33]) {
      expect(() => evaluateCommitments(new Uint8Array(length).fill(1), 1)).toThrow(
        'commitments of a wrong length',
      )
      expect(verifyPolynomial(new Uint8Array(length), dsfs, new Uint8Array(64))).toBe(false)
    }
  })

  it('have positions that are positive', () => {
    for (const at of [0, -1, 0.5, 2 ** 53])
      expect(() => lagrangeAtZero([at])).toThrow('an index is a positive integer')
  })
})

describe('discrete logarithms', () => {
  it('have a bound that a table can serve', () => {
    for (const bound of [-1, 0.5, NaN, MAX_DISCRETE_LOG + 1])
      expect(() => new DiscreteLog(bound)).toThrow('a bound is an integer')
  })

  it('find the bound, on whatever side of a giant step it lies', () => {
    for (const bound of [1, 2, 3, 40_000, 100_000]) {
      const table = new DiscreteLog(bound)
      expect([0, 1, bound - 1, bound].map((v) => table.solve(multiple(BigInt(v))))).toEqual([
        0,
        1,
        bound - 1,
        bound,
      ])
      for (const v of [-1n, BigInt(bound + 1)])
        expect(() => table.solve(multiple(mod(v)))).toThrow('no number in 0')
    }
  })
})

it('secret keys are scalars but 0', () => {
  for (const secret of [0n, -1n, g.order, g.order + 1n])
    expect(() => publicKey(secret)).toThrow('a secret key is in 1')
  expect(publicKey(g.order - 1n)).toEqual(g.encode(g.negate(g.base)))
})

describe('the far ends of speed', () => {
  it('sums so many that windows are wider than a byte', () => {
    // From 9,217 scalars of one length on, windows of eleven bits need the fewest additions, and reach into a third byte.
    const elements: Element[] = [g.base]
    for (let i = 1; i < 9_300; i++) elements.push(g.add(elements[i - 1]!, g.base))
    const scalars = elements.map((_, i) =>
      BigInt.asUintN(128, BigInt(i + 3) ** 25n * 0x9e3779b97f4a7c15f39cc0605cedc835n),
    )
    const expected = mod(scalars.reduce((sum, s, i) => sum + s * BigInt(i + 1), 0n))
    expect(g.equals(g.msm(elements, scalars), multiple(expected))).toBe(true)
  })

  it('finds a logarithm in the last giant step, where that begins another chunk', () => {
    const bound = 32768
    expect(new DiscreteLog(bound).solve(multiple(32768n))).toBe(bound)
  })

  it('takes the largest bound', () => {
    expect(new DiscreteLog(MAX_DISCRETE_LOG).bound).toBe(MAX_DISCRETE_LOG)
  })
})

describe('an instance that binds nothing', () => {
  it('has no compact proof, though one would fit', () => {
    // Its image is E − E: whatever the challenge, any response shows knowledge of the logarithm of nothing.
    const relation: LinearRelation = {
      elements: [g.base, multiple(3n)],
      equations: [
        {
          image: [
            [1, 1n],
            [1, -1n],
          ],
          terms: [[0, 0, 1n]],
        },
      ],
    }
    expect(invalidInstance(g, relation)).toBeDefined()
    const nonce = 5n
    const sponge = new DuplexSponge(sessionId(new TextEncoder().encode(cmpt)))
      .absorb(serializeRelation(g, relation))
      .absorb(g.encode(multiple(nonce)))
    const challenge = reduceUniform(sponge.squeeze(challengeLength(g.order)), g.order)
    const forged = Uint8Array.of(...g.encodeScalar(challenge), ...g.encodeScalar(nonce))
    expect(verifyCompact(g, relation, forged, cmpt)).toBe(false)
  })
})
