import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  type Codec,
  DecodeError,
  type Of,
  base64url,
  boolean,
  choice,
  decodeDocument,
  encodeDocument,
  fromTimestamp,
  hex,
  integer,
  list,
  literal,
  nullable,
  object,
  optional,
  pattern,
  record,
  refine,
  tagged,
  text,
  timestamp,
  toBase64url,
  toTimestamp,
  utf8,
} from '@cista/board'

const contest = tagged('kind', {
  selection: object({ max: integer(0, 9), min: optional(integer(0, 9)) }),
  score: object({ top: integer(1, 99) }),
})
const sample = object({
  contests: list(contest, { min: 1, max: 3 }),
  id: hex(2),
  names: record(pattern(/[a-z]{2}/, 'a language', 2), text(5, 1), { max: 3 }),
  open: boolean,
  proof: base64url({ max: 4 }),
  style: optional(choice('a', 'b')),
  until: nullable(timestamp),
  version: literal(1),
})
type Sample = Of<typeof sample>

const value: Sample = {
  contests: [
    { kind: 'selection', max: 2 },
    { kind: 'score', top: 3 },
  ],
  id: '00ff',
  names: { vi: 'Số', et: 'é' },
  open: true,
  proof: 'AA',
  until: null,
  version: 1,
}
const canonical =
  '{"contests":[{"kind":"selection","max":2},{"kind":"score","top":3}],"id":"00ff","names":{"et":"é","vi":"Số"},"open":true,"proof":"AA","until":null,"version":1}'

it('infers types', () => {
  expectTypeOf<Sample['contests'][number]>().toEqualTypeOf<
    { kind: 'selection'; max: number; min?: number } | { kind: 'score'; top: number }
  >()
  expectTypeOf<Sample['style']>().toEqualTypeOf<'a' | 'b' | undefined>()
  expectTypeOf<Sample['version']>().toEqualTypeOf<1>()
})

it('writes canonical JSON and reads it back', () => {
  expect(encodeDocument(sample, value)).toEqual(utf8(canonical))
  expect(decodeDocument(sample, utf8(canonical), 'sample')).toEqual(value)
})

const swap = (from: string, to: string) => canonical.replace(from, to)
describe.each([
  ['a duplicate key', swap('"id":"00ff"', '"id":"00ff","id":"00ff"'), 'sample: not in canonical form'],
  [
    'keys in another order',
    swap('"kind":"selection","max":2', '"max":2,"kind":"selection"'),
    'sample: not in canonical form',
  ],
  ['a space', swap(':2', ': 2'), 'sample: not in canonical form'],
  ['an exponent', swap(':2', ':2e0'), 'sample: not in canonical form'],
  ['a fraction of nought', swap(':2', ':2.0'), 'sample: not in canonical form'],
  ['minus nought', swap(':2', ':-0'), 'sample.contests[0].max: not an integer'],
  ['a fraction', swap(':2', ':2.5'), 'sample.contests[0].max: not an integer'],
  ['a large integer', swap(':2', ':9007199254740993'), 'sample.contests[0].max: not an integer'],
  ['a number out of range', swap(':2', ':10'), 'sample.contests[0].max: not between 0 and 9'],
  ['an escape without need', swap('00ff', '\\u00300ff'), 'sample: not in canonical form'],
  ['a lone surrogate', swap('é', '\\ud800'), 'sample.names.et: lone surrogate'],
  ['a byte order mark', `\ufeff${canonical}`, 'sample: starts with a byte order mark'],
  ['trailing bytes', `${canonical}\n`, 'sample: not in canonical form'],
  ['trailing documents', canonical + canonical, 'sample: not JSON'],
  ['an unknown field', swap('"id"', '"hue":1,"id"'), 'sample: unknown field "hue"'],
  [
    '__proto__ as a field',
    swap('{"contests"', '{"__proto__":{},"contests"'),
    'sample: unknown field "__proto__"',
  ],
  [
    '__proto__ as a key',
    swap('"et"', '"__proto__"'),
    'sample.names: a key that JavaScript cannot hold safely',
  ],
  [
    '__proto__ as a variant',
    swap('selection', '__proto__'),
    'sample.contests[0].kind: not one of selection, score',
  ],
  [
    'constructor as a variant',
    swap('selection', 'constructor'),
    'sample.contests[0].kind: not one of selection, score',
  ],
  ['a field of another variant', swap('"max":2', '"top":2'), 'sample.contests[0].max: missing'],
  ['a missing field', swap('"open":true,', ''), 'sample.open: missing'],
  ['null for an optional field', swap('"until"', '"style":null,"until"'), 'sample.style: not one of a, b'],
  ['upper-case hex', swap('00ff', '00FF'), 'sample.id: not lower-case hexadecimal'],
  ['short hex', swap('00ff', '00f'), 'sample.id: not 4 hexadecimal digits'],
  ['padded base64url', swap('"AA"', '"AA=="'), 'sample.proof: not base64url'],
  ['base64url with unused bits set', swap('"AA"', '"AB"'), 'sample.proof: not canonical base64url'],
  ['base64url of impossible length', swap('"AA"', '"A"'), 'sample.proof: not base64url'],
  ['long base64url', swap('"AA"', '"AAAAAAA"'), 'sample.proof: 5 bytes instead of 0 to 4'],
  [
    'a string for a list',
    swap('[{"kind":"selection","max":2},{"kind":"score","top":3}]', '"x"'),
    'sample.contests: not a list',
  ],
  [
    'an empty list',
    swap('{"kind":"selection","max":2},{"kind":"score","top":3}', ''),
    'sample.contests: 0 items instead of at least 1',
  ],
  ['a list for an object', swap('{"et":"é","vi":"Số"}', '[]'), 'sample.names: not an object'],
  ['a bad key', swap('"et"', '"e"'), 'sample.names key: not a language'],
  ['an empty text', swap('é', ''), 'sample.names.et: empty'],
  ['a long text', swap('é', 'ééé'), 'sample.names.et: longer than 5 bytes'],
  ['one instead of true', swap('true', '1'), 'sample.open: neither true nor false'],
  ['the number in a string', swap(':1}', ':"1"}'), 'sample.version: not 1'],
  [
    'deep nesting',
    swap('"00ff"', '['.repeat(10_000) + ']'.repeat(10_000)),
    'sample.id: not 4 hexadecimal digits',
  ],
  ['nothing', '', 'sample: not JSON'],
])('%s', (_name, source, message) => {
  it('is refused', () => {
    expect(source).not.toBe(canonical)
    expect(() => decodeDocument(sample, utf8(source), 'sample')).toThrow(message)
    expect(() => decodeDocument(sample, utf8(source), 'sample')).toThrow(DecodeError)
  })
})

it('refuses bytes that are not UTF-8', () => {
  expect(() => decodeDocument(text(9), Uint8Array.of(34, 0xff, 34), 'x')).toThrow('x: not UTF-8')
})

it('names the field in the error', () => {
  const error = (() => {
    try {
      decodeDocument(sample, utf8(swap(':2', ':"2"')), 'manifest')
    } catch (caught) {
      return caught
    }
  })()
  expect(error).toMatchObject({
    name: 'DecodeError',
    path: 'manifest.contests[0].max',
    why: 'not an integer',
  })
})

it('does not encode what would not decode', () => {
  const bad: Partial<Record<keyof Sample, unknown>>[] = [{ id: 'zz' }, { style: undefined }, { open: 1 }]
  for (const fields of bad)
    expect(() => encodeDocument(sample, { ...value, ...fields } as Sample)).toThrow(DecodeError)
  expect(() => encodeDocument(sample, { ...value, more: 1 } as Sample)).toThrow('unknown field')
  expect(() => encodeDocument(integer(-1, 1), -0)).toThrow(DecodeError)
  expect(() => encodeDocument(text(9), '\udfff')).toThrow(DecodeError)
})

it('refuses whatever is not the canonical text, for any change of one byte', () => {
  const bytes = utf8(canonical)
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const changed = bytes.slice()
      changed[at]! ^= change
      let decoded
      try {
        decoded = decodeDocument(sample, changed, 'x')
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError)
        return
      }
      expect(encodeDocument(sample, decoded)).toEqual(changed)
    }),
    { seed: 3, numRuns: 2000 },
  )
})

describe('timestamp', () => {
  it.each(['2024-02-29T23:59:59Z', '1970-01-01T00:00:00Z'])('accepts %s', (time) => {
    expect(timestamp.decode(time, 't')).toBe(time)
    expect(toTimestamp(fromTimestamp(time))).toBe(time)
  })
  it.each([
    '2023-02-29T00:00:00Z',
    '2024-13-01T00:00:00Z',
    '2024-01-01T24:00:00Z',
    '2024-01-01T00:00:60Z',
    '2024-01-01T00:00:00',
    '2024-01-01T00:00:00.0Z',
    '2024-01-01 00:00:00Z',
    '2024-01-01t00:00:00z',
    '2024-01-01T00:00:00+00:00',
    '2024-01-01T00:00:00Z\n',
  ])('refuses %j', (time) => {
    expect(() => timestamp.decode(time, 't')).toThrow(DecodeError)
  })
})

it('matches a pattern from end to end, also with alternatives', () => {
  const codec = pattern(/a|ab/g, 'a or ab', 2)
  expect([codec.decode('a', 'x'), codec.decode('ab', 'x'), codec.decode('ab', 'x')]).toEqual([
    'a',
    'ab',
    'ab',
  ])
  for (const bad of ['b', 'a\n', 'aa', 'abc']) expect(() => codec.decode(bad, 'x')).toThrow(DecodeError)
})

it('adds a rule to a codec', () => {
  const even: Codec<number> = refine(integer(0, 9), (n) => (n % 2 === 0 ? undefined : 'odd'))
  expect(even.decode(4, 'n')).toBe(4)
  expect(() => even.decode(5, 'n')).toThrow('n: odd')
})

it.each([5, null, [null], [{ n: [] }], {}])(
  'refuses to encode %j where a list of objects is needed',
  (items) => {
    const codec = object({ items: list(object({ n: integer(0, 9) })) })
    expect(() => encodeDocument(codec, { items } as never)).toThrow(DecodeError)
  },
)

it('decodes a ballot-sized document in about a millisecond or less', () => {
  const codec = object({ ciphertexts: base64url(20_000), proof: base64url(20_000) })
  const long = toBase64url(new Uint8Array(20_000).fill(201))
  const bytes = encodeDocument(codec, { ciphertexts: long, proof: long })
  const start = performance.now()
  for (let i = 0; i < 100; i++) decodeDocument(codec, bytes, 'ballot')
  // Ten times what it takes, since test machines are shared.
  expect((performance.now() - start) / 100).toBeLessThan(5)
})
