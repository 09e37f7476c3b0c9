import { fromUtf8, utf8 } from '@cista/board'
import {
  type EntryKind,
  type Manifest,
  type PayloadOf,
  decodeManifest,
  decodePayload,
  encodePayload,
  entryKinds,
  limits,
  manifestFaults,
} from '@cista/protocol'
import { describe, expect, it } from 'vitest'
import {
  contestParts,
  contests,
  encodeManifest,
  grown,
  hash,
  manifest,
  manifestOf,
  zeros,
} from './support.js'

const growing = grown('open')
const { codecs, forms, manifest: m } = growing.course.definition
const outputs = 6

type Json = Record<string, unknown> | unknown[]
/** A copy of a document with the value at a path, `contests[0].options`, replaced. */
function put(document: unknown, path: string, value: unknown): Json {
  const copy = structuredClone(document) as Json
  const steps = path.split(/[.[\]]+/).filter((step) => step !== '')
  const last = steps.pop()!
  const holder = steps.reduce<Json>((at, step) => (at as Record<string, Json>)[step]!, copy)
  ;(holder as Record<string, unknown>)[last] = value
  return copy
}
const message = (work: () => unknown): string => {
  try {
    work()
    return 'accepted'
  } catch (error) {
    return (error as Error).message
  }
}
const letters = 'abcdefghijklmnopqrstuvwxyz'
const texts = (n: number) =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`a${letters[i]}`, 'Text']))
const paths = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`${i}.js`, hash('')]))

describe('lists and maps of a manifest', () => {
  const full = manifest({
    contests: contests.map((contest) => ({
      ...contest,
      description: { en: 'x', vi: 'x' },
      options: contest.options.map((option) => ({ ...option, description: { en: 'x', vi: 'x' } })),
    })),
    description: { en: 'x', vi: 'x' },
  })
  const decode = (json: Json) => decodeManifest(utf8(JSON.stringify(json)))
  const repeated = (path: string, max: number): [path: string, of: (n: number) => unknown, max: number] => {
    const [first] = path
      .split(/[.[\]]+/)
      .reduce<unknown>((at, step) => (at as Record<string, unknown>)[step]!, full) as unknown[]
    return [path, (n) => Array.from({ length: n }, () => first), max]
  }
  const nonEmpty = [
    ...['title', 'description', 'contests[0].title', 'contests[1].description'].map(
      (path) => [path] as const,
    ),
    ...['contests[2].options[0].title', 'contests[0].options[1].description'].map((path) => [path] as const),
  ].map(([path]): [string, (n: number) => unknown, number] => [path, texts, limits.languages])
  const lists = [
    repeated('administrators.keys', limits.keys),
    repeated('registrars.keys', limits.keys),
    repeated('contests', limits.contests),
    ...['contests[0].options', 'contests[1].options', 'contests[2].options', 'contests[2].points'].map(
      (path) => repeated(path, limits.options),
    ),
    repeated('languages', limits.languages),
    repeated('styles', limits.styles),
    repeated('styles[1].contests', limits.contests),
    repeated('trustees', limits.trustees),
    repeated('units', limits.units),
    repeated('units[0].styles', limits.styles),
  ]
  const mayBeEmpty: typeof lists = [
    repeated('witnesses.keys', limits.witnesses),
    ['page', paths, limits.pageFiles],
  ]

  it.each([...nonEmpty, ...lists])('%s has something', (path, of) => {
    const expected = `manifest.${path}: 0 items instead of at least 1`
    expect(message(() => decode(put(full, path, of(0))))).toBe(expected)
  })

  it.each([...nonEmpty, ...lists, ...mayBeEmpty])('%s is not too long', (path, of, max) => {
    const expected = `manifest.${path}: ${max + 1} items instead of at most ${max}`
    expect(message(() => decode(put(full, path, of(max + 1))))).toBe(expected)
  })

  it.each(mayBeEmpty)('%s may be empty', (path, of) => {
    expect(message(() => encodeManifest(put(full, path, of(0)) as unknown as Manifest))).toBe('accepted')
  })

  it.each([
    ['index.html', true],
    ['assets/js/app-1.js', true],
    ['a/b', true],
    ['/a', false],
    ['a/', false],
    ['a//b', false],
    ['a b', false],
    ['', false],
  ])('a file of the page may be %j: %s', (path, good) => {
    const accepted = message(() => encodeManifest(manifest({ page: { [path]: hash('') } }))) === 'accepted'
    expect(accepted).toBe(good)
    const { value } = growing.next('page-changed', { page: { [path]: hash('') } })
    const work = () => encodePayload(codecs, 'page-changed', value as PayloadOf<'page-changed'>)
    expect(message(work) === 'accepted').toBe(good)
  })
})

describe('lists and vectors of payloads', () => {
  const item = { key: hash('k'), style: 'full', weight: 1 }
  const many = (n: number, one: unknown) => Array.from({ length: n }, () => one)
  const units = m.units.length
  const tooLong: [kind: EntryKind, path: string, value: unknown, fault: string][] = [
    ...(
      [
        ['added', item],
        ['rekeyed', { from: hash('a'), to: hash('b') }],
        ['removed', hash('a')],
        ['restyled', { key: hash('a'), style: 'full' }],
        ['reweighted', { key: hash('a'), weight: 1 }],
      ] as const
    ).map(([path, one]): [EntryKind, string, unknown, string] => [
      'roll-changed',
      path,
      many(257, one),
      '257 items instead of at most 256',
    ]),
    ['page-changed', 'page', paths(513), '513 items instead of at most 512'],
    ['ballot', 'contests', contestParts([...forms, ...forms]), '6 items instead of at most 3'],
    ['ballot', 'contests', [], '0 items instead of at least 1'],
    ['ballot', 'contests[2].proof', zeros(3_000), '3000 bytes instead of 0 to 2656'],
    ['trustee-dealt', 'shares', many(4, zeros(231)), '4 items instead of at most 3'],
    ['opened', 'trustees', many(4, hash('t')), '4 items instead of at most 3'],
    ['decrypted', 'proof', zeros(63), `63 bytes instead of 64 to ${32 * (2 + outputs * units)}`],
    [
      'decrypted',
      'proof',
      zeros(32 * (3 + outputs * units)),
      `instead of 64 to ${32 * (2 + outputs * units)}`,
    ],
    ['decrypted', 'shares', zeros(32 * (1 + outputs * units)), `instead of 0 to ${32 * outputs * units}`],
  ]

  it.each(tooLong)('%s.%s', (kind, path, value, fault) => {
    const work = () =>
      decodePayload(codecs, kind, utf8(JSON.stringify(put(growing.next(kind).value, path, value))))
    expect(message(work)).toContain(`${kind}.${path}: `)
    expect(message(work)).toContain(fault)
  })

  it.each([
    ['tallied', 'sums', zeros(64 * outputs + 64), `instead of 0 to ${64 * outputs}`],
    ['result', 'totals', many(outputs + 1, 0), `${outputs + 1} items instead of at most ${outputs}`],
  ] as const)('%s.units[].%s', (kind, field, value, fault) => {
    const { value: payload } = growing.next(kind)
    const decode = (json: Json) => decodePayload(codecs, kind, utf8(JSON.stringify(json)))
    const first = (payload as { units: Record<string, unknown>[] }).units[0]!
    const more = put(payload, 'units', many(units + 1, first))
    expect(message(() => decode(more))).toBe(`${kind}.units: ${units + 1} items instead of at most ${units}`)
    expect(message(() => decode(put(payload, `units[0].${field}`, value)))).toContain(fault)
  })

  it('may all be empty where a change of the roll has no such part', () => {
    const empty = { added: [], rekeyed: [], removed: [], restyled: [], reweighted: [] }
    const { value } = growing.next('roll-changed', empty)
    const bytes = encodePayload(codecs, 'roll-changed', value as PayloadOf<'roll-changed'>)
    expect(fromUtf8(bytes)).toContain('"added":[]')
  })
})

it.each(entryKinds)('a payload %s beyond its limit is refused for its length, before it is read', (kind) => {
  const max = limits.payloadBytes[kind]
  const why = `${kind}: ${max + 1} bytes, at most ${max} are allowed`
  expect(message(() => decodePayload(codecs, kind, new Uint8Array(max + 1)))).toBe(why)
  expect(message(() => decodePayload(codecs, kind, new Uint8Array(max)))).toBe(`${kind}: not JSON`)
})

describe('faults of a manifest', () => {
  const [chair, budget] = contests
  it('say of names that are missing only that they are', () => {
    const options = chair!.options.map(({ id, title }) => ({ id, title: { en: title['en']! } }))
    const faults = manifestFaults(manifest({ contests: [{ ...chair!, options }, ...contests.slice(1)] }))
    expect(faults.map((f) => f.path)).toEqual([0, 1, 2].map((i) => `contests[0].options[${i}].title`))
  })

  it('count as many cells as there may be, and what a ballot of them would weigh', () => {
    const options = Array.from({ length: limits.options }, (_, i) => ({
      id: `o${i}`,
      title: { en: `O${i}`, vi: `O${i}` },
    }))
    const { budget: _, ...points } = { ...budget!, kind: 'score' as const, maximum: 15, options, budget: 1 }
    expect(manifestFaults(manifestOf(points)).map((f) => [f.code, f.path])).toEqual([
      ['MANIFEST_LIMIT', 'styles[0]'],
    ])
    const more = manifestFaults(manifestOf({ ...points, maximum: 16 }))
    expect(more.map((f) => [f.code, f.path])).toEqual([['MANIFEST_LIMIT', 'contests[0]']])
  })
})
