import { createHash, hkdfSync } from 'node:crypto'
import { fromHex, toHex } from '@cista/board'
import { publicKey, randomBytes, ristretto255 } from '@cista/crypto'
import { credentialOf, makeCode, parseCode } from '@cista/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hash } from './support.js'

const election = hash('election')
const code = makeCode(
  election,
  Uint8Array.from({ length: 26 }, (_, i) => i * 7),
)
const parsed = (typed: string, id = election) => {
  const result = parseCode(id, typed)
  return 'code' in result ? result.code : result.fault
}

describe('codes', () => {
  it('have 130 random bits and 20 to check, in groups of five', () => {
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){5}$/)
    const body = '07ENW3AHRZ6DMV29GQY5CKT18F'
    const digest = createHash('sha256').update('cista/v1 code\n').update(fromHex(election)).update(body)
    // Crockford's digits are those of base 32 without I, L, O and U.
    const check = (parseInt(digest.digest('hex').slice(0, 5), 16) + 2 ** 20)
      .toString(32)
      .slice(1)
      .replace(/./g, (c) => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[parseInt(c, 32)]!)
    expect(code.replaceAll('-', '')).toBe(body + check)
    expect(makeCode(election, randomBytes(26))).not.toBe(makeCode(election, randomBytes(26)))
    expect(() => makeCode(election, new Uint8Array(25))).toThrow(RangeError)
  })

  it('come back however they are typed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 26, maxLength: 26 }), (random) => {
        const made = makeCode(election, random)
        const plain = made.replaceAll('-', '')
        for (const typed of [
          made,
          plain,
          made.toLowerCase(),
          ` ${made.replaceAll('-', ' \u2009')}\n`,
          made.replaceAll('1', 'l').replaceAll('0', 'o'),
          made.replaceAll('1', 'I').replaceAll('0', 'O'),
          made.replaceAll('1', 'i').replaceAll('-', ''),
          made.replaceAll('1', 'L'),
        ])
          expect(parsed(typed)).toBe(made)
      }),
      { seed: 20261123, numRuns: 50 },
    )
  })

  it('are refused with any one character changed, or two neighbours exchanged', () => {
    const plain = [...code.replaceAll('-', '')]
    plain.forEach((c, i) => {
      for (const other of '0123456789ABCDEFGHJKMNPQRSTVWXYZ')
        if (other !== c) expect(parsed(plain.with(i, other).join(''))).toBe('checksum')
      const next = plain[i + 1]
      if (next !== undefined && next !== c)
        expect(
          parsed(
            plain
              .with(i, next)
              .with(i + 1, c)
              .join(''),
          ),
        ).toBe('checksum')
    })
  })

  it('are refused by another election', () => {
    expect(parsed(code, hash('another election'))).toBe('checksum')
  })

  it('are refused too short, too long, or with other characters, and say so', () => {
    expect(parsed(code.slice(0, -1))).toBe('length')
    expect(parsed(`${code}0`)).toBe('length')
    expect(parsed('')).toBe('length')
    expect(parsed(code.replace(/.$/, 'U'))).toBe('character')
    expect(parsed(code.replace(/.$/, 'Ж'))).toBe('character')
    expect(parsed(code.replace(/.$/, '😀'))).toBe('character')
    expect(parseCode(election, '12345')).toEqual({
      fault: 'length',
      why: 'a code has 30 characters, this has 5',
    })
  })
})

describe('credentials', () => {
  it('come from code and election by HKDF, as Node computes it', () => {
    const plain = code.replaceAll('-', '')
    const okm = new Uint8Array(hkdfSync('sha512', plain, fromHex(election), 'CISTA-V01-credential', 64))
    const expected = BigInt(`0x${toHex(okm.toReversed())}`) % ristretto255.order
    const credential = credentialOf(election, code)
    expect(credential.secret).toBe(expected)
    expect(credential.key).toBe(toHex(publicKey(expected)))
    expect(credentialOf(election, plain)).toEqual(credential)
  })

  it('differ between elections', () => {
    expect(credentialOf(hash('another election'), code).key).not.toBe(credentialOf(election, code).key)
  })
})
