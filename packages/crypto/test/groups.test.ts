import { p256, randomScalar, ristretto255 } from '@cista/crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromHex, toHex, vectors } from './support.js'

const rfc9496 = vectors<{ multiples: string[]; refused: Record<string, string[]> }>('ristretto255')

describe('ristretto255 (RFC 9496)', () => {
  const g = ristretto255

  it.each(rfc9496.multiples.map((hex, n) => ({ hex, n })))('encodes $n · G', ({ hex, n }) => {
    expect(toHex(g.encode(g.mulPublic(g.base, BigInt(n))))).toBe(hex)
    expect(toHex(g.encode(g.mulSecret(g.base, BigInt(n))))).toBe(hex)
    expect(g.equals(g.decodeOrIdentity(fromHex(hex)), g.mulPublic(g.base, BigInt(n)))).toBe(true)
  })

  it.each(Object.entries(rfc9496.refused))('refuses a %s', (_, encodings) => {
    for (const hex of encodings) {
      expect(() => g.decode(fromHex(hex))).toThrow(RangeError)
      expect(() => g.decodeOrIdentity(fromHex(hex))).toThrow(RangeError)
    }
  })
})

it('sums thousands of products, whose windows reach over three bytes', () => {
  const g = ristretto255
  const elements = [g.base]
  for (const e of elements) if (elements.push(g.add(e, g.base)) === 5_000) break
  const scalars = elements.map(
    (_, i) => (BigInt(i + 3) ** 31n * 0xfedc_ba98_7654_3210_0123_4567_89abn) % g.order,
  )
  const expected = scalars.reduce((sum, s, i) => (sum + s * BigInt(i + 1)) % g.order, 0n)
  expect(g.equals(g.msm(elements, scalars), g.mulPublic(g.base, expected))).toBe(true)
})

describe.each([ristretto255, p256])('$name', (g) => {
  const scalar = fc.bigInt({ min: 0n, max: g.order - 1n })
  const edges = [0n, 1n, 2n, g.order - 2n, g.order - 1n]
  const other = g.mulPublic(g.base, randomScalar())

  it('multiplies the same by every method, 0 and −1 included', () => {
    for (const s of [...edges, randomScalar()])
      for (const e of [g.base, other, g.fixedBase(other)]) {
        const product = g.mulPublic(e, s)
        expect(g.equals(g.mulSecret(e, s), product)).toBe(true)
        expect(g.equals(g.mulSecretBlinded(e, s), product)).toBe(true)
        expect(g.equals(g.msm([e], [s]), product)).toBe(true)
      }
  })

  it('is a homomorphism of its scalars', () => {
    fc.assert(
      fc.property(scalar, scalar, (a, b) => {
        const sum = g.mulPublic(other, (a + b) % g.order)
        expect(g.equals(g.add(g.mulPublic(other, a), g.mulPublic(other, b)), sum)).toBe(true)
        expect(g.equals(g.subtract(sum, g.mulPublic(other, b)), g.mulPublic(other, a))).toBe(true)
        expect(g.isIdentity(g.add(sum, g.negate(sum)))).toBe(true)
      }),
      { seed: 1, numRuns: 10 },
    )
  })

  it.each([0, 1, 5, 24, 25, 60, 200])('sums %i products as one by one', (n) => {
    const logarithms = Array.from({ length: n }, (_, i) => BigInt(i + 2) ** 9n)
    // Long, short and extreme scalars side by side, so that every window and carry is met.
    const kinds = [g.order - 1n, 2n ** 128n - 1n, 2n ** 128n, 0n, 1n, 2n ** 252n - 1n, 0x8080808080808080n]
    const scalars = logarithms.map((l, i) =>
      i % 2 === 0 ? (kinds[(i / 2) % kinds.length] ?? 0n) : l ** 9n % g.order,
    )
    const expected = logarithms.reduce((sum, l, i) => (sum + l * (scalars[i] ?? 0n)) % g.order, 0n)
    const elements = logarithms.map((l) => g.mulPublic(g.base, l))
    expect(g.equals(g.msm(elements, scalars), g.mulPublic(g.base, expected))).toBe(true)
  })

  it('refuses sums of lists that do not fit', () => {
    expect(() => g.msm([g.base], [])).toThrow(RangeError)
    expect(() => g.msm([g.base], [g.order])).toThrow(RangeError)
    expect(() => g.msm([g.base], [-1n])).toThrow(RangeError)
  })

  it('reads back what it writes and nothing else', () => {
    fc.assert(
      fc.property(scalar, (s) => {
        expect(g.decodeScalar(g.encodeScalar(s))).toBe(s)
        const bytes = g.encode(g.mulPublic(g.base, s === 0n ? 1n : s))
        expect(toHex(g.encode(g.decode(bytes)))).toBe(toHex(bytes))
        expect(() => g.decode(bytes.subarray(1))).toThrow(RangeError)
      }),
      { seed: 2, numRuns: 10 },
    )
    expect(() => g.encodeScalar(g.order)).toThrow(RangeError)
    expect(() => g.encodeScalar(-1n)).toThrow(RangeError)
    expect(() => g.decodeScalar(new Uint8Array(g.scalarLength).fill(255))).toThrow(RangeError)
    expect(() => g.decodeScalar(new Uint8Array(g.scalarLength - 1))).toThrow(RangeError)
    expect(() => g.scalarFromUniform(new Uint8Array(47))).toThrow(RangeError)
  })

  it('takes the identity only where it is told to', () => {
    const zeros = new Uint8Array(g.elementLength)
    expect(g.encode(g.identity)).toEqual(zeros)
    expect(g.isIdentity(g.decodeOrIdentity(zeros))).toBe(true)
    expect(() => g.decode(zeros)).toThrow(RangeError)
    expect(() => g.decodeOrIdentity(zeros.subarray(1))).toThrow(RangeError)
  })

  it('gives bytes that the caller may change', () => {
    const bytes = g.encode(other)
    const decoded = g.decode(bytes)
    const kept = toHex(bytes)
    bytes.fill(0)
    expect(toHex(g.encode(other))).toBe(kept)
    expect(toHex(g.encode(decoded))).toBe(kept)
  })
})
