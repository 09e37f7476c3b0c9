import {
  addCiphertexts,
  type Ciphertext,
  combineShares,
  commitPolynomial,
  decodeCiphertext,
  DiscreteLog,
  discreteLog,
  encodeCiphertext,
  encrypt,
  evaluateCommitments,
  evaluatePolynomial,
  lagrangeAtZero,
  MAX_DISCRETE_LOG,
  partialDecrypt,
  provePolynomial,
  randomScalar,
  ristretto255 as g,
  samplePolynomial,
  scaleCiphertext,
  verifyPartialDecryption,
  verifyPolynomial,
  verifyShare,
  zeroCiphertext,
} from '@cista/crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { flipped, tag } from './support.js'

const coefficients = samplePolynomial(3)
const commitments = commitPolynomial(coefficients)
const key = g.mulSecret(g.base, coefficients[0] ?? 0n)
const ceremony = tag('trustee', g)
const decryption = tag('decryption', g)

describe('ciphertexts', () => {
  const reader = new DiscreteLog(10_000)
  const open = (c: Ciphertext) =>
    reader.solve(g.subtract(c.beta, g.mulSecret(c.alpha, coefficients[0] ?? 0n)))

  it('add up and scale', () => {
    fc.assert(
      fc.property(fc.nat(99), fc.nat(99), fc.nat(99), (a, b, weight) => {
        const of = (m: number) => encrypt(key, BigInt(m), randomScalar())
        expect(open(addCiphertexts(scaleCiphertext(of(a), weight), of(b)))).toBe(a * weight + b)
      }),
      { seed: 6, numRuns: 10 },
    )
    expect(open(zeroCiphertext)).toBe(0)
    expect(() => scaleCiphertext(zeroCiphertext, -1)).toThrow(RangeError)
    expect(() => scaleCiphertext(zeroCiphertext, 0.5)).toThrow(RangeError)
  })

  it('are read strictly', () => {
    const bytes = encodeCiphertext(encrypt(key, 1n, randomScalar()))
    expect(encodeCiphertext(decodeCiphertext(bytes))).toEqual(bytes)
    expect(() => decodeCiphertext(bytes.subarray(1))).toThrow(RangeError)
    for (const half of [0, 32])
      expect(() => decodeCiphertext(bytes.slice().fill(0, half, half + 32))).toThrow(RangeError)
  })
})

describe('discrete logarithms', () => {
  it.each([0, 1, 2, 7, 100, 12_345])('reach the bound %i and not one further', (bound) => {
    const reader = new DiscreteLog(bound)
    for (const v of new Set([0, bound >> 1, bound]))
      expect(reader.solve(g.mulPublic(g.base, BigInt(v)))).toBe(v)
    expect(() => reader.solve(g.mulPublic(g.base, BigInt(bound + 1)))).toThrow(`no number in 0 … ${bound}`)
    expect(() => reader.solve(g.negate(g.base))).toThrow(RangeError)
  })

  it('find every number, from any representative of its element', () => {
    const reader = new DiscreteLog(300)
    for (let v = 1, at = g.base; v <= 300; v++, at = g.add(at, g.base))
      expect(reader.solve(g.decode(g.encode(at)))).toBe(v)
  })

  it('find every number below every small bound, and none beyond', () => {
    const multiples = Array.from({ length: 26 }, (_, v) => g.mulPublic(g.base, BigInt(v)))
    for (let bound = 0; bound <= 24; bound++) {
      const reader = new DiscreteLog(bound)
      expect(reader.bound).toBe(bound)
      expect(multiples.slice(0, bound + 1).map((point) => reader.solve(point))).toEqual([
        ...Array(bound + 1).keys(),
      ])
      expect(() => reader.solve(multiples[bound + 1]!)).toThrow(RangeError)
    }
  })

  it('know their limits', () => {
    expect(discreteLog(g.mulPublic(g.base, 999_999n), 1_000_000)).toBe(999_999)
    for (const bound of [-1, 0.5, MAX_DISCRETE_LOG + 1])
      expect(() => new DiscreteLog(bound)).toThrow(RangeError)
  })
})

describe('shared keys', () => {
  it('prove possession of every coefficient', () => {
    const proof = provePolynomial(coefficients, ceremony)
    expect(verifyPolynomial(commitments, ceremony, proof)).toBe(true)
    expect(verifyPolynomial(commitments, tag('other', g), proof)).toBe(false)
    expect(verifyPolynomial(commitPolynomial(samplePolynomial(3)), ceremony, proof)).toBe(false)
    expect(verifyPolynomial(commitments.subarray(32), ceremony, proof)).toBe(false)
    expect(verifyPolynomial(commitments.subarray(1), ceremony, proof)).toBe(false)
    expect(verifyPolynomial(Uint8Array.of(...commitments, 0), ceremony, proof)).toBe(false)
    expect(verifyPolynomial(new Uint8Array(0), ceremony, new Uint8Array(0))).toBe(false)
    expect(verifyPolynomial(new Uint8Array(32), ceremony, new Uint8Array(64))).toBe(false)
  })

  it('give shares that anyone can check', () => {
    for (const x of [1, 2, 7]) {
      const share = evaluatePolynomial(coefficients, x)
      expect(verifyShare(commitments, x, share)).toBe(true)
      expect(verifyShare(commitments, x + 1, share)).toBe(false)
      expect(verifyShare(commitments, x, (share + 1n) % g.order)).toBe(false)
      expect(g.equals(evaluateCommitments(commitments, x), g.mulSecret(g.base, share))).toBe(true)
    }
    for (const x of [0, -1, 1.5]) expect(() => evaluatePolynomial(coefficients, x)).toThrow(RangeError)
  })

  it('are of at least one coefficient, and of whole commitments', () => {
    expect(samplePolynomial(1).length).toBe(1)
    for (const bytes of [new Uint8Array(0), commitments.subarray(1), Uint8Array.of(...commitments, 0)])
      expect(() => evaluateCommitments(bytes, 1)).toThrow(RangeError)
  })

  it('are restored by any t of n shares', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 3, maxLength: 9 }),
        (indices) => {
          const factors = lagrangeAtZero(indices)
          const sum = indices.reduce(
            (acc, x, i) => acc + evaluatePolynomial(coefficients, x) * (factors[i] ?? 0n),
            0n,
          )
          expect(sum % g.order).toBe(coefficients[0])
        },
      ),
      { seed: 7, numRuns: 30 },
    )
  })

  it('refuse indices that are none or occur twice', () => {
    for (const bad of [[0], [-1], [1.5], [1, 1], [Number.NaN]])
      expect(() => lagrangeAtZero(bad)).toThrow(RangeError)
    expect(() => samplePolynomial(0)).toThrow(RangeError)
  })
})

describe('decryption', () => {
  const totals = [0, 5, 42]
  const outputs = [zeroCiphertext, ...totals.map((m) => encrypt(key, BigInt(m), randomScalar()))]
  const alphas = outputs.map(({ alpha }) => alpha)
  const trustee = (index: number) => {
    const { shares, proof } = partialDecrypt(evaluatePolynomial(coefficients, index), alphas, decryption)
    return { index, shares, proof, key: evaluateCommitments(commitments, index) }
  }
  const trustees = [5, 1, 4].map(trustee)
  const first = trustees[0] as ReturnType<typeof trustee>

  it('by any t gives the totals; by fewer, nothing', () => {
    const read = (some: typeof trustees) =>
      outputs.map(({ beta }, c) =>
        combineShares(
          beta,
          some.map(({ index, shares }) => ({
            index,
            share: g.decodeOrIdentity(shares.subarray(32 * c, 32 * (c + 1))),
          })),
        ),
      )
    expect(read(trustees).map((point) => discreteLog(point, 100))).toEqual([0, ...totals])
    expect(() => read(trustees.slice(1)).map((point) => discreteLog(point, 100))).toThrow(RangeError)
    expect(() => read([first, first, first])).toThrow(RangeError)
  })

  it('is proved, output by output', () => {
    for (const { key: own, shares, proof } of trustees)
      expect(verifyPartialDecryption(own, alphas, shares, decryption, proof)).toBe(true)
    const { shares, proof } = first
    const refused = (own: typeof key, a: typeof alphas, m: Uint8Array, under: string) =>
      expect(verifyPartialDecryption(own, a, m, under, proof)).toBe(false)
    refused(key, alphas, shares, decryption)
    refused(first.key, alphas, shares, tag('other', g))
    refused(first.key, [...alphas].reverse(), shares, decryption)
    refused(first.key, alphas.slice(1), shares.subarray(32), tag('other', g))
    refused(first.key, alphas, shares.subarray(32), decryption)
    refused(first.key, alphas, flipped(shares, 40), decryption)
    // A share of the identity, or a share where none belongs.
    refused(first.key, alphas, shares.slice().fill(0, 32, 64), decryption)
    const extra = shares.slice()
    extra.set(g.encode(g.base))
    refused(first.key, alphas, extra, decryption)
  })

  it('needs no output at all', () => {
    const { shares, proof } = partialDecrypt(7n, [g.identity], decryption)
    expect(shares).toEqual(new Uint8Array(32))
    expect(verifyPartialDecryption(g.mulPublic(g.base, 7n), [g.identity], shares, decryption, proof)).toBe(
      true,
    )
    expect(() => partialDecrypt(0n, alphas, decryption)).toThrow(RangeError)
  })
})
