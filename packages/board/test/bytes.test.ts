import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as b from '@cista/board'

const hosts: [string, (bytes: Uint8Array) => string, (text: string) => Uint8Array, BufferEncoding][] = [
  ['hex', b.toHex, b.fromHex, 'hex'],
  ['base64url', b.toBase64url, b.fromBase64url, 'base64url'],
  ['base64', b.toBase64, b.fromBase64, 'base64'],
]

describe.each(hosts)('%s', (_name, encode, decode, encoding) => {
  it('agrees with the host and comes back', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        expect(encode(bytes)).toBe(Buffer.from(bytes).toString(encoding))
        expect(decode(encode(bytes))).toEqual(bytes)
      }),
      { seed: 1 },
    ))

  it('accepts a text only if it is the encoding of what it decodes to', () =>
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'0aAgQw9fF-_+/= \néx'.split('')), maxLength: 9 }),
        (text) => {
          let bytes
          try {
            bytes = decode(text)
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError)
            return
          }
          expect(encode(bytes)).toBe(text)
        },
      ),
      { seed: 2, numRuns: 2000 },
    ))
})

it.each(['0', 'AB', '0g', '0x12', ' 12', '12\n'])('refuses %j as hex', (text) => {
  expect(() => b.fromHex(text)).toThrow(RangeError)
})

it.each(['A', 'AA==', 'AB', 'AAB', 'AA\n', 'A+', 'A/', 'AAAAA', 'é'])('refuses %j as base64url', (text) => {
  expect(() => b.fromBase64url(text)).toThrow(RangeError)
})

it.each(['AA', 'AA=', 'AA===', 'AB==', 'AAB=', '====', '=', 'A===', 'AAAA====', 'A-==', 'AA==\n'])(
  'refuses %j as base64',
  (text) => {
    expect(() => b.fromBase64(text)).toThrow(RangeError)
  },
)

it('refuses text that UTF-8 cannot express, and bytes that are not UTF-8', () => {
  expect(() => b.utf8('a\ud800')).toThrow(RangeError)
  expect(b.utf8('a😀')).toHaveLength(5)
  for (const bytes of [[0xef, 0xbb, 0xbf, 0x61], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xff]])
    expect(() => b.fromUtf8(Uint8Array.from(bytes))).toThrow(RangeError)
  expect(b.fromUtf8(b.utf8('é\ufeff'))).toBe('é\ufeff')
})

it('writes and reads integers big-endian', () => {
  expect(b.toHex(b.concat(b.u16(258), b.u32(16909060), b.u64(2 ** 53 - 1)))).toBe(
    '010201020304001fffffffffffff',
  )
  expect([
    b.readU16(b.u16(65535), 0),
    b.readU32(b.u32(2 ** 32 - 1), 0),
    b.readU64(b.u64(2 ** 40), 0),
  ]).toEqual([65535, 2 ** 32 - 1, 2 ** 40])
  for (const bad of [
    () => b.u16(65536),
    () => b.u32(-1),
    () => b.u32(1.5),
    () => b.readU32(b.u16(1), 0),
    () => b.readU64(new Uint8Array(8).fill(255), 0),
  ])
    expect(bad).toThrow(RangeError)
})
