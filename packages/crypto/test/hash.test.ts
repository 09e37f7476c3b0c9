import {
  hkdfSha512,
  randomBytes,
  randomScalar,
  ristretto255,
  scalarStream,
  sha256,
  shake256,
} from '@cista/crypto'
import { createHash, hkdfSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { toHex } from './support.js'

const utf8 = (text: string) => new TextEncoder().encode(text)
const reference = (input: Uint8Array, length: number) =>
  createHash('shake256', { outputLength: length }).update(input).digest('hex')

describe('hashes agree with the platform’s', () => {
  it('SHA-256 and SHAKE256', () => {
    expect(toHex(sha256(utf8('cista')))).toBe(createHash('sha256').update('cista').digest('hex'))
    expect(toHex(shake256(utf8('cista'), 100))).toBe(reference(utf8('cista'), 100))
  })

  it('HKDF-SHA-512', () => {
    const inputs = [utf8('code'), utf8('salt'), utf8('info')] as const
    expect(toHex(hkdfSha512(...inputs, 64))).toBe(
      Buffer.from(hkdfSync('sha512', ...inputs, 64)).toString('hex'),
    )
  })
})

describe('scalarStream', () => {
  it('is SHAKE256 over framed label and parts, 64 bytes to a scalar', () => {
    const next = scalarStream('label', utf8('ab'), utf8(''))
    const framed = Uint8Array.from([5, 0, 0, 0, ...utf8('label'), 2, 0, 0, 0, ...utf8('ab'), 0, 0, 0, 0])
    const stream = reference(framed, 128)
    for (const half of [stream.slice(0, 128), stream.slice(128)]) {
      const bytes = Uint8Array.from(Buffer.from(half, 'hex'))
      expect(next()).toBe(ristretto255.scalarFromUniform(bytes))
    }
  })

  it('tells parts apart', () => {
    const first = (...parts: string[]) => scalarStream('label', ...parts.map(utf8))()
    expect(new Set([first('ab', 'c'), first('a', 'bc'), first('abc'), first('abc', '')]).size).toBe(4)
  })
})

it('fresh randomness is fresh', () => {
  expect(toHex(randomBytes(32))).not.toBe(toHex(randomBytes(32)))
  expect(randomScalar()).not.toBe(randomScalar())
  expect(() => randomBytes(65_537)).toThrow(RangeError)
})
