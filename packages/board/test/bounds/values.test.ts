import { describe, expect, it } from 'vitest'
import {
  type Codec,
  base64url,
  choice,
  decodeDocument,
  decodeText,
  encodeDocument,
  hex,
  integer,
  lastTime,
  list,
  nullable,
  object,
  optional,
  pattern,
  refine,
  tagged,
  text,
  timestamp,
  toTimestamp,
  utf8,
} from '@cista/board'
import { said } from './said.js'

// The formats at their limits and one beyond, and where faults are said to be.

const of = (codec: Codec<unknown>, value: unknown) => said(() => codec.decode(value, 'it'))

describe('values', () => {
  it('of text are counted in bytes of UTF-8', () => {
    const few = text(4, 2)
    expect(['é', 'éé', 'abcd', 'ab'].map((value) => of(few, value))).toEqual(['yes', 'yes', 'yes', 'yes'])
    for (const value of ['ééa', 'abcde']) expect(of(few, value)).toBe('it: longer than 4 bytes')
    expect(of(few, 'a')).toBe('it: shorter than 2 bytes')
    expect(of(text(4, 1), '')).toBe('it: empty')
    for (const value of [1, null, undefined, ['ab'], { length: 2 }])
      expect(of(few, value)).toBe('it: not a string')
  })

  it('of integers are numbers between two others', () => {
    const digit = integer(-1, 9)
    expect([-1, 0, 9].map((value) => of(digit, value))).toEqual(['yes', 'yes', 'yes'])
    for (const value of [-2, 10]) expect(of(digit, value)).toBe('it: not between -1 and 9')
    for (const value of ['1', null, 0.5, -0, NaN, Infinity, [1], 2 ** 53])
      expect(of(digit, value)).toBe('it: not an integer')
  })

  it('of a choice are one of its words', () => {
    expect(choice('a', 'b').decode('b', 'it')).toBe('b')
    for (const value of ['c', '', null, ['a']])
      expect(of(choice('a', 'b'), value)).toBe('it: not one of a, b')
  })

  it('of a pattern are no longer than it says', () => {
    const word = pattern(/[a-z]+/, 'a word', 3)
    expect(of(word, 'abc')).toBe('yes')
    expect(of(word, 'abcd')).toBe('it: longer than 3 characters')
    expect(of(word, 'ab1')).toBe('it: not a word')
    expect(of(word, 1)).toBe('it: not a string')
  })

  it('of bytes are strings of their length', () => {
    expect(of(hex(2), '00ff')).toBe('yes')
    for (const value of ['00f', '00fff', 4, null, ['0', '0', 'f', 'f'], { length: 4 }])
      expect(of(hex(2), value)).toBe('it: not 4 hexadecimal digits')
    expect(of(hex(2), '00FF')).toBe('it: not lower-case hexadecimal')
    expect(['AA', 'AAA'].map((value) => of(base64url({ min: 1, max: 2 }), value))).toEqual(['yes', 'yes'])
    expect(of(base64url({ min: 1, max: 2 }), 'AAAA')).toBe('it: 3 bytes instead of 1 to 2')
    expect(of(base64url({ min: 1, max: 2 }), '')).toBe('it: 0 bytes instead of 1 to 2')
    expect(of(base64url(3), 'AAAA')).toBe('yes')
    for (const value of ['AAA', 'AAAAAA', 'AAAAAAA'])
      expect(of(base64url(3), value)).toMatch(/^it: \d bytes instead of 3$/)
    for (const value of [4, null, ['A', 'A', 'A', 'A'], { length: 4 }])
      expect(of(base64url(3), value)).toBe('it: not a string')
  })

  it('of base64url leave no bit unsaid', () => {
    const any = base64url({ max: 9 })
    for (const value of ['AQ', 'AAQ', 'AA8', 'QAAAAA8']) expect(of(any, value)).toBe('yes')
    // A digit that could stand last stands elsewhere.
    for (const value of ['AB', 'AAB', 'AEB', 'QAB', 'AAAAAEB'])
      expect(of(any, value)).toBe('it: not canonical base64url')
    for (const value of ['A', 'AAAAA', 'A+', 'A/AA', 'AA=='])
      expect(of(any, value)).toMatch(/^it: not base64url$/)
  })

  it('of times are RFC 3339, whole and real', () => {
    for (const value of ['1970-01-01T00:00:00Z', '9999-12-31T23:59:59Z'])
      expect(of(timestamp, value)).toBe('yes')
    const form = 'it: not a time like 2026-11-23T09:00:00Z'
    for (const value of [
      0,
      null,
      ['2026-11-23T09:00:00Z'],
      '12026-11-23T09:00:00Z',
      '2026-11-23T09:00:00Z1',
      ' 2026-11-23T09:00:00Z',
    ])
      expect(of(timestamp, value)).toBe(form)
    expect(toTimestamp(lastTime)).toBe('9999-12-31T23:59:59Z')
  })

  it('of lists and maps are counted', () => {
    const some = list(text(1), { min: 1, max: 2 })
    expect([['a'], ['a', 'b']].map((value) => of(some, value))).toEqual(['yes', 'yes'])
    expect(of(some, [])).toBe('it: 0 items instead of at least 1')
    expect(of(some, ['a', 'b', 'c'])).toBe('it: 3 items instead of at most 2')
    expect(of(list(text(1)), [])).toBe('yes')
    for (const value of [{ length: 1, 0: 'a' }, 'a', null]) expect(of(some, value)).toBe('it: not a list')
  })

  it('that may be null are null or what they otherwise are', () => {
    const codec = nullable(object({ n: integer(0, 9) }))
    for (const value of [null, { n: 1 }]) {
      expect(codec.decode(value, 'it')).toEqual(value)
      expect(codec.encode(value)).toEqual(value)
    }
    for (const value of [undefined, 0, '']) expect(of(codec, value)).toBe('it: not an object')
  })

  it('of objects have their fields and no others, each encoded by its own codec', () => {
    const upper: Codec<string> = {
      decode: (value, path) => text(9).decode(value, path),
      encode: (value) => value.toUpperCase(),
    }
    const codec = object({ a: upper, b: optional(upper) })
    expect(codec.encode({ a: 'x' })).toEqual({ a: 'X' })
    expect(codec.encode({ a: 'x', b: 'y' })).toEqual({ a: 'X', b: 'Y' })
    expect(Object.keys(codec.encode({ a: 'x' }) as object)).toEqual(['a'])
    for (const value of [null, [], 'x', 1, undefined, () => 1])
      expect(of(codec, value)).toBe('it: not an object')
    const kinds = tagged('kind', { one: object({ a: upper }) })
    expect(kinds.encode({ kind: 'one', a: 'x' })).toEqual({ kind: 'one', a: 'X' })
    // What is no variant is left for the decoder to refuse.
    expect(kinds.encode({ kind: 'two' } as never)).toEqual({ kind: 'two' })
    for (const kind of ['two', 'toString', undefined, null, 1, ['one']])
      expect(of(kinds, { kind, a: 'x' })).toBe('it.kind: not one of one')
    // Nor is a field dropped that the decoder would refuse.
    expect(codec.encode({ a: 'x', z: 1 } as never)).toEqual({ a: 'X', z: 1 })
    expect(refine(upper, () => undefined).encode('x')).toBe('X')
  })

  it('are encoded only where they would decode', () => {
    expect(said(() => encodeDocument(text(1), 'ab'))).toBe('document: longer than 1 bytes')
    expect(said(() => decodeText(Uint8Array.of(0xff), 'it'))).toMatch(/^it: /)
    expect(decodeText(utf8('é'), 'it')).toBe('é')
    expect(said(() => decodeDocument(text(1), utf8('{'), 'it'))).toBe('it: not JSON')
  })
})

describe('base64url without a rest', () => {
  it('may end in any digit, and be empty', () => {
    for (const value of ['', 'AAAB', '____', 'AAA-']) expect(of(base64url({ max: 3 }), value)).toBe('yes')
  })
})
