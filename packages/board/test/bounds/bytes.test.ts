import { describe, expect, it } from 'vitest'
import {
  concat,
  equalBytes,
  fromBase64,
  fromBase64url,
  fromHex,
  payloadHash,
  readU16,
  readU32,
  readU64,
  sha256,
  toHex,
  u16,
  u32,
  u64,
  utf8,
} from '@cista/board'
import { said } from './said.js'

// The formats at their limits and one beyond, and where faults are said to be.

describe('bytes', () => {
  it('are equal where all of them are', () => {
    const [a, b] = [Uint8Array.of(1, 2), Uint8Array.of(1, 2, 0)]
    expect([equalBytes(a, a), equalBytes(a, b), equalBytes(b, a)]).toEqual([true, false, false])
    expect([equalBytes(a, Uint8Array.of(1, 3)), equalBytes(new Uint8Array(), new Uint8Array())]).toEqual([
      false,
      true,
    ])
  })

  it('are not read outside what there is', () => {
    const eight = concat(u64(258))
    expect([readU16(eight, 6), readU32(eight, 4), readU64(eight, 0)]).toEqual([258, 258, 258])
    for (const [read, at] of [
      [readU16, 7],
      [readU32, 5],
      [readU64, 1],
      [readU16, -1],
      [readU32, -1],
      [readU64, 8],
    ] as const)
      expect(said(() => read(eight, at))).toBe('RangeError ends too early')
    expect([readU16(concat(eight, u16(9)), 8), readU32(concat(eight, u32(9)), 8)]).toEqual([9, 9])
  })

  it.each([fromBase64, fromBase64url])('of base64 come back from full and short groups', (decode) => {
    const [pad, pads] = decode === fromBase64 ? ['=', '=='] : ['', '']
    expect(decode('AQID')).toEqual(Uint8Array.of(1, 2, 3))
    expect(decode(`AQI${pad}`)).toEqual(Uint8Array.of(1, 2))
    expect(decode(`AQ${pads}`)).toEqual(Uint8Array.of(1))
    expect(decode(`AQIDBA${pads}`)).toEqual(Uint8Array.of(1, 2, 3, 4))
    expect(decode('')).toEqual(new Uint8Array())
  })

  it.each(['AQ', 'AQ=', 'AQ===', 'AQI', 'AQI==', 'AQID=', 'AQID====', '='])(
    'of base64 are not %s',
    (encoded) => expect(said(() => fromBase64(encoded))).toMatch(/^RangeError/),
  )

  it('of hex are pairs of digits', () => {
    for (const digits of ['a', 'abc'])
      expect(said(() => fromHex(digits))).toBe('RangeError not lower-case hexadecimal')
    expect(payloadHash(utf8(''))).toBe(toHex(sha256(new Uint8Array())))
  })
})
