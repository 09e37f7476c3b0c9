import { describe, expect, it } from 'vitest'
import { type Collected, collect, nothingCollected, toParts } from '../../src/qr/parts.js'

const textOf = (length: number, letter: string) => JSON.stringify({ text: letter.repeat(length) })
const scan = (...codes: readonly string[]): Collected | string =>
  codes.reduce<Collected | string>(
    (now, code) => collect(typeof now === 'string' ? nothingCollected : now, code),
    nothingCollected,
  )

describe('a text in several QR codes', () => {
  it.each([1, 480, 500, 501, 1_000, 5_000])('comes back whole, in any order: %i letters', (length) => {
    const text = textOf(length, 'a')
    const parts = toParts(text)
    expect(parts.every((part) => part.length <= 515)).toBe(true)
    expect(scan(...parts)).toBe(text)
    expect(scan(...parts.toReversed())).toBe(text)
    expect(scan(...parts.slice(0, -1), ...parts)).toBe(text)
  })

  it('says how much is there', () => {
    const [first, second] = toParts(textOf(1_200, 'a'))
    expect(scan(first!, second!)).toMatchObject({ of: 3, parts: { size: 2 } })
  })
})

describe('a device that shows other codes', () => {
  const [old, fresh] = [toParts(textOf(1_200, 'a')), toParts(textOf(1_200, 'b'))]

  it('cannot mix two texts where parts disagree: the newest begins a collection of its own', () => {
    expect(scan(old[0]!, old[1]!, fresh[1]!)).toMatchObject({ of: 3, parts: { size: 1 } })
    expect(scan(old[0]!, old[1]!, ...fresh)).toBe(textOf(1_200, 'b'))
    expect(scan(old[0]!, old[1]!, ...toParts(textOf(700, 'b')))).toBe(textOf(700, 'b'))
  })

  it.each(['CISTA 0/0 {', 'CISTA 1/0 {', 'CISTA 5/1 {', 'CISTA 0/1 {', 'CISTA 999/001 {'])(
    'gets no text by numbers that cannot be: %s',
    (code) => expect(scan(code)).not.toMatch(/^\{/),
  )

  it('keeps no more than one collection, however many codes it shows', () => {
    const codes = Array.from({ length: 5_000 }, (_, i) => `CISTA ${i % 999}/999 ${i}`)
    const kept = scan(...codes)
    expect(typeof kept === 'string' ? 0 : kept.parts.size).toBeLessThan(999)
  })

  it('is taken at its word where it shows one code: what is no test file is refused later', () =>
    expect(scan('https://elsewhere.example/')).toBe('https://elsewhere.example/'))
})
