import { DecodeError, boardKey, payloadHash, utf8, witnessKey } from '@cista/board'
import { proofLength } from '@cista/crypto'
import {
  type Contest,
  type ContestOf,
  type Manifest,
  decodeManifest,
  defineElection,
  encodePayload,
  limits,
  manifestFaults,
  noReplaced,
} from '@cista/protocol'
import { describe, expect, it } from 'vitest'
import {
  closes,
  contestParts,
  contests,
  define,
  encodeManifest,
  hash,
  key,
  manifest,
  manifestOf,
  opens,
} from './support.js'

const base = manifest()
const [chair, budget, order] = contests as [ContestOf<'selection'>, ContestOf<'score'>, ContestOf<'ranking'>]
const seed = (n: number) => new Uint8Array(32).fill(n)
const witnesses = (n: number, quorum: number) => ({
  keys: Array.from({ length: n }, (_, i) => witnessKey(seed(10 + i), `w${i}.example`)),
  quorum,
})
const withContest = (at: number, contest: Contest) => ({ contests: base.contests.with(at, contest) })
const titled = (...titles: string[]): Partial<Manifest> =>
  withContest(0, {
    ...chair,
    options: chair.options.map((o, i) => ({ ...o, title: { en: titles[i]!, vi: `vi ${i}` } })),
  })
const renamed = <T extends { name: string }>(list: readonly T[], at: number, name: string): T[] =>
  list.with(at, { ...list[at]!, name })
const rekeyed = <T extends { key: string }>(list: readonly T[], at: number, k: string): T[] =>
  list.with(at, { ...list[at]!, key: k })

it('defines an election by its manifest alone', () => {
  expect(manifestFaults(base)).toEqual([])
  const bytes = encodeManifest(base)
  const definition = defineElection(bytes)
  expect(definition.id).toBe(payloadHash(bytes))
  expect(definition.manifest).toEqual(base)
  expect(definition.origin).toBe('vote.example/2026')
  expect(definition.forms.map((f) => f.cells)).toEqual([5, 9, 6 + 2 + 3])
  expect([...definition.styles]).toEqual([
    ['full', [0, 1, 2]],
    ['short', [0]],
  ])
  expect(definition.units.map(({ id, contest }) => [id, contest])).toEqual([
    ['chair-full', 0],
    ['chair-short', 0],
    ['budget', 1],
    ['order', 2],
  ])
})

describe('a manifest that could not work', () => {
  const cases: [what: string, code: string, path: string, change: Partial<Manifest>][] = [
    ['a language twice', 'MANIFEST_TEXT', 'languages', { languages: ['en', 'vi', 'en'] }],
    ['a title not in every language', 'MANIFEST_TEXT', 'title', { title: { en: 'Meeting' } }],
    [
      'a title in a foreign language',
      'MANIFEST_TEXT',
      'title.fr',
      { title: { ...base.title, fr: 'Réunion' } },
    ],
    ['a description in one language', 'MANIFEST_TEXT', 'description', { description: { vi: 'x' } }],
    [
      'a contest title missing',
      'MANIFEST_TEXT',
      'contests[1].title',
      withContest(1, { ...budget, title: { en: 'Budget' } }),
    ],
    [
      'a contest description missing',
      'MANIFEST_TEXT',
      'contests[1].description',
      withContest(1, { ...budget, description: { en: 'Budget' } }),
    ],
    [
      'an option title missing',
      'MANIFEST_TEXT',
      'contests[2].options[1].title',
      withContest(2, { ...order, options: order.options.with(1, { id: 'b', title: { en: 'B' } }) }),
    ],
    [
      'an option description missing',
      'MANIFEST_TEXT',
      'contests[2].options[1].description',
      withContest(2, {
        ...order,
        options: order.options.with(1, { ...order.options[1]!, description: { en: 'B' } }),
      }),
    ],
    ['options of one name', 'MANIFEST_TEXT', 'contests[0].options[2].title.en', titled('Ann', 'Bea', 'Ann')],
    [
      'options that differ in case',
      'MANIFEST_TEXT',
      'contests[0].options[1].title.en',
      titled('Straße', 'STRASSE', 'C'),
    ],
    [
      'options that differ in spaces',
      'MANIFEST_TEXT',
      'contests[0].options[1].title.en',
      titled('A  B', 'a b', 'C'),
    ],
    ['contests of one id', 'MANIFEST_REFERENCE', 'contests[3].id', { contests: [...base.contests, chair] }],
    [
      'options of one id',
      'MANIFEST_REFERENCE',
      'contests[1].options[1].id',
      withContest(1, { ...budget, options: budget.options.with(1, { ...budget.options[1]!, id: 'park' }) }),
    ],
    ['a budget below one option', 'MANIFEST_RULE', 'contests[1]', withContest(1, { ...budget, budget: 4 })],
    ['min above max', 'MANIFEST_RULE', 'contests[0]', withContest(0, { ...chair, min: 3 })],
    ['max above the options', 'MANIFEST_RULE', 'contests[0]', withContest(0, { ...chair, max: 4 })],
    ['points missing for a place', 'MANIFEST_RULE', 'contests[2]', withContest(2, { ...order, points: [2] })],
    [
      'points for a place too many',
      'MANIFEST_RULE',
      'contests[2]',
      withContest(2, { ...order, points: [2, 1, 0] }),
    ],
    [
      'more points for a lower place',
      'MANIFEST_RULE',
      'contests[2]',
      withContest(2, { ...order, points: [1, 2] }),
    ],
    [
      'styles of one id',
      'MANIFEST_REFERENCE',
      'styles[2].id',
      { styles: [...base.styles, { id: 'short', contests: ['chair'] }] },
    ],
    [
      'a contest on no style',
      'MANIFEST_REFERENCE',
      'contests[2]',
      {
        styles: base.styles.with(0, { id: 'full', contests: ['chair', 'budget'] }),
        units: base.units.slice(0, 3),
      },
    ],
    [
      'a style with an unknown contest',
      'MANIFEST_REFERENCE',
      'styles[1].contests[1]',
      { styles: base.styles.with(1, { id: 'short', contests: ['chair', 'mayor'] }) },
    ],
    [
      'a style with a contest twice',
      'MANIFEST_REFERENCE',
      'styles[1].contests[1]',
      { styles: base.styles.with(1, { id: 'short', contests: ['chair', 'chair'] }) },
    ],
    [
      'units of one id',
      'MANIFEST_REFERENCE',
      'units[1].id',
      { units: base.units.with(1, { ...base.units[1]!, id: 'chair-full' }) },
    ],
    [
      'a unit of an unknown contest',
      'MANIFEST_REFERENCE',
      'units[4].contest',
      { units: [...base.units, { id: 'x', contest: 'mayor', styles: ['full'] }] },
    ],
    ['a style in no unit', 'MANIFEST_REFERENCE', 'units', { units: base.units.toSpliced(1, 1) }],
    [
      'a style in two units',
      'MANIFEST_REFERENCE',
      'units',
      { units: base.units.with(1, { ...base.units[1]!, styles: ['short', 'full'] }) },
    ],
    [
      'a unit with a style that does not show its contest',
      'MANIFEST_REFERENCE',
      'units',
      { units: base.units.with(2, { ...base.units[2]!, styles: ['full', 'short'] }) },
    ],
    [
      'a unit with a style twice',
      'MANIFEST_REFERENCE',
      'units',
      { units: base.units.with(2, { ...base.units[2]!, styles: ['full', 'full'] }) },
    ],
    ['a threshold above the trustees', 'MANIFEST_KEY', 'threshold', { threshold: 4 }],
    [
      'a quorum of administrators that is not there',
      'MANIFEST_KEY',
      'administrators.quorum',
      { administrators: { ...base.administrators, quorum: 3 } },
    ],
    [
      'a quorum of registrars that is not there',
      'MANIFEST_KEY',
      'registrars.quorum',
      { registrars: { ...base.registrars, quorum: 3 } },
    ],
    [
      'a key that is no group element',
      'MANIFEST_KEY',
      'trustees[1].key',
      { trustees: rekeyed(base.trustees, 1, 'ff'.repeat(32)) },
    ],
    [
      'the identity as a key',
      'MANIFEST_KEY',
      'registrars.keys[0].key',
      { registrars: { ...base.registrars, keys: rekeyed(base.registrars.keys, 0, '00'.repeat(32)) } },
    ],
    [
      'one key for two trustees',
      'MANIFEST_KEY',
      'trustees[2].key',
      { trustees: rekeyed(base.trustees, 2, base.trustees[0]!.key) },
    ],
    [
      'one key for a trustee and an administrator',
      'MANIFEST_KEY',
      'administrators.keys[0].key',
      {
        administrators: {
          ...base.administrators,
          keys: rekeyed(base.administrators.keys, 0, base.trustees[0]!.key),
        },
      },
    ],
    [
      'trustees of one name',
      'MANIFEST_KEY',
      'trustees[1].name',
      { trustees: renamed(base.trustees, 1, 'TRUSTEE  1') },
    ],
    [
      'registrars of one name',
      'MANIFEST_KEY',
      'registrars.keys[1].name',
      { registrars: { ...base.registrars, keys: renamed(base.registrars.keys, 1, 'Registrar 1') } },
    ],
    ['a witness as the board', 'MANIFEST_KEY', 'board', { board: witnessKey(seed(9), 'vote.example') }],
    [
      'a board as a witness',
      'MANIFEST_KEY',
      'witnesses.keys[0]',
      { witnesses: { keys: [boardKey(seed(9), 'w.example')], quorum: 1 } },
    ],
    [
      'a board key whose id is another',
      'MANIFEST_KEY',
      'board',
      { board: base.board.replace(/\+[0-9a-f]{8}\+/, '+00000000+') },
    ],
    [
      'the board as its own witness',
      'MANIFEST_KEY',
      'witnesses.keys[0]',
      { witnesses: { keys: [witnessKey(seed(1), 'w.example')], quorum: 1 } },
    ],
    ['half of the witnesses', 'MANIFEST_KEY', 'witnesses.quorum', { witnesses: witnesses(4, 2) }],
    ['more witnesses than there are', 'MANIFEST_KEY', 'witnesses.quorum', { witnesses: witnesses(2, 3) }],
    ['a quorum of no witnesses', 'MANIFEST_KEY', 'witnesses.quorum', { witnesses: witnesses(0, 1) }],
    [
      'half of the trustees, without witnesses',
      'MANIFEST_KEY',
      'threshold',
      { witnesses: witnesses(0, 0), trustees: base.trustees.slice(0, 2), threshold: 1 },
    ],
    ['closing at the opening', 'MANIFEST_RULE', 'schedule.closes', { schedule: { opens, closes: opens } }],
    [
      'closing before the opening',
      'MANIFEST_RULE',
      'schedule.closes',
      { schedule: { opens: closes, closes: opens } },
    ],
    [
      'a total that cannot be read back',
      'MANIFEST_LIMIT',
      'maximumWeight',
      { ...withContest(1, { ...budget, maximum: 10, budget: 10 }), maximumWeight: 100_000_001 },
    ],
  ]

  it.each(cases)('%s: %s at %s', (_, code, path, change) => {
    const broken = manifest(change)
    const faults = manifestFaults(broken)
    expect(faults.map((f) => [f.code, f.path])).toEqual([[code, path]])
    const refused = () => defineElection(encodeManifest(broken))
    expect(refused).toThrow(`manifest.${path}: ${faults[0]!.why}`)
    expect(refused).toThrow(DecodeError)
  })

  it('with nothing to choose is refused by its form already', () => {
    const nothing = manifest(withContest(0, { ...chair, max: 0 }))
    expect(manifestFaults(nothing)).toMatchObject([{ code: 'MANIFEST_RULE', path: 'contests[0]' }])
    expect(() => encodeManifest(nothing)).toThrow('contests[0].max: not between 1 and')
  })

  it('reports every fault, not only the first', () => {
    const faults = manifestFaults(
      manifest({ threshold: 4, title: { en: 'x' }, schedule: { opens, closes: opens } }),
    )
    expect(faults.map((f) => f.path)).toEqual(['title', 'threshold', 'schedule.closes'])
  })

  it('takes what is just possible', () => {
    for (const change of [
      { witnesses: witnesses(3, 2) },
      { witnesses: witnesses(0, 0) },
      { threshold: 1 },
      { threshold: 3 },
      { maximumWeight: limits.total / 5 },
      withContest(0, { ...chair, min: 3, max: 3 }),
      withContest(1, { ...budget, budget: 5 }),
      withContest(2, { ...order, points: [0, 0] }),
      titled('А', 'B', 'C'),
    ])
      expect(manifestFaults(manifest(change))).toEqual([])
  })
})

describe('the bytes of a manifest', () => {
  const text = new TextDecoder().decode(encodeManifest(base))
  it.each<[what: string, from: string | RegExp, to: string, message: RegExp]>([
    ['an unknown version', '"version":1', '"version":2', /^manifest\.version: not 1/],
    ['an unknown suite', 'ristretto255', 'P256', /^manifest\.suite: not /],
    ['an unknown kind of contest', '"kind":"score"', '"kind":"stv"', /^manifest\.contests\[1\]\.kind: /],
    ['an unknown field', '"paper":true', '"paper":true,"party":1', /^manifest: unknown field "party"/],
    ['a missing field', '"paper":true,', '', /^manifest\.paper: missing/],
    ['a field twice', '"paper":true', '"paper":true,"paper":true', /^manifest: not in canonical form/],
    ['a number in another form', '"tolerance":60', '"tolerance":6e1', /^manifest: not in canonical form/],
    ['a space', '"paper":true', '"paper": true', /^manifest: not in canonical form/],
    ['a threshold of none', '"threshold":2', '"threshold":0', /^manifest\.threshold: not between/],
    ['a time without a zone', opens, '2026-11-01T08:00:00', /^manifest\.schedule\.opens: not a time/],
    [
      'no contests',
      /"contests":\[\{.*?\}\],"languages"/,
      '"contests":[],"languages"',
      /^manifest\.contests: 0 items/,
    ],
    ['capital letters in a key', base.trustees[0]!.key, 'A'.repeat(64), /^manifest\.trustees\[0\]\.key: /],
    [
      'a name that changes direction',
      'Trustee 1',
      'Trustee \u202e1',
      /^manifest\.trustees\[0\]\.name: holds/,
    ],
    [
      'a name with a space at its end',
      'Trustee 1',
      'Trustee 1 ',
      /^manifest\.trustees\[0\]\.name: starts or/,
    ],
    ['a name not in form C', 'Trustee 1', 'Truste\u0301', /^manifest\.trustees\[0\]\.name: not in Unicode/],
    ['an empty name', 'Trustee 1', '', /^manifest\.trustees\[0\]\.name: empty/],
    ['an id in capitals', '"id":"budget"', '"id":"Budget"', /^manifest\.contests\[1\]\.id: not an id/],
    [
      'a language that is none',
      '["en","vi"]',
      '["en","Vi"]',
      /^manifest\.languages\[1\]: not a language tag/,
    ],
    ['a board key that is none', base.board, 'vote.example', /^manifest\.board: not a verifier key/],
  ])('are refused with %s', (_, from, to, message) => {
    expect(text.replace(from, '')).not.toBe(text)
    expect(() => decodeManifest(utf8(text.replace(from, to)))).toThrow(DecodeError)
    expect(() => decodeManifest(utf8(text.replace(from, to)))).toThrow(message)
  })

  it('are refused beyond their limit, before anything is read', () => {
    const long = new Uint8Array(limits.payloadBytes.manifest + 1)
    expect(() => decodeManifest(long)).toThrow(/^manifest: longer than 1048576 bytes/)
  })

  it('may be as long as their limit', () => {
    const max = limits.payloadBytes.manifest
    const sized = (last: number): Manifest => {
      const options = Array.from({ length: 65 }, (_, i) => ({
        description: { en: 'x'.repeat(i === 64 ? last : limits.textBytes - 256) },
        id: `o${i}`,
        title: { en: `O${i}` },
      }))
      return manifest(withContest(0, { ...chair, options }))
    }
    const bytes = encodeManifest(sized(1 + max - encodeManifest(sized(1)).length))
    expect(bytes).toHaveLength(max)
    expect(decodeManifest(bytes).contests[0]!.options).toHaveLength(65)
  })

  it('are refused with a path of the page that is none', () => {
    const strange = text.replace('"index.html"', '"a//b"')
    expect(() => decodeManifest(utf8(strange))).toThrow(/: not a path$/)
  })
})

describe('limits', () => {
  const options = (n: number) =>
    Array.from({ length: n }, (_, i) => ({ id: `o${i}`, title: { en: `O${i}`, vi: `O${i}` } }))
  const texts = (id: string, n: number) => ({ id, title: { en: 'T', vi: 'T' }, options: options(n) })
  const longId = 's'.repeat(64)
  const many = (n: number): Manifest => {
    const all = Array.from(
      { length: n },
      (_, i): Contest => ({ kind: 'selection', ...texts(`c${i}`, 1), min: 0, max: 1 }),
    )
    const styles = [longId]
    return manifest({
      contests: all,
      styles: [{ id: longId, contests: all.map((c) => c.id) }],
      units: all.map((c) => ({ id: c.id, contest: c.id, styles })),
    })
  }
  /** Manifests that grow, and up to where they are tried. */
  const shapes: [name: string, of: (n: number) => Manifest, most: number, bound: boolean][] = [
    ['approvals', (n) => manifestOf({ kind: 'selection', ...texts('c', n), min: 0, max: n }), 1_024, true],
    ['one of many', (n) => manifestOf({ kind: 'selection', ...texts('c', n), min: 1, max: 1 }), 1_024, true],
    [
      'points',
      (n) => manifestOf({ kind: 'score', ...texts('c', n), maximum: 1_000, budget: 1_000 }),
      1_024,
      true,
    ],
    [
      'rankings',
      (n) =>
        manifestOf({ kind: 'ranking', ...texts('c', n), min: 0, max: n, points: options(n).map(() => 1) }),
      64,
      true,
    ],
    ['many small contests', many, 256, false],
  ]
  const largestBallot = (m: Manifest) => {
    const { id, forms, styles, codecs } = define(m)
    return Math.max(
      ...[...styles].map(
        ([style, shown]) =>
          encodePayload(codecs, 'ballot', {
            contests: contestParts(shown.map((i) => forms[i]!)),
            credential: hash('c'),
            election: id,
            replaces: noReplaced,
            style,
          }).length,
      ),
    )
  }

  it.each(shapes)('a ballot of any accepted manifest fits: %s', (_, of, most, bound) => {
    let [good, bad] = [1, most + 1]
    while (bad - good > 1) {
      const middle = Math.floor((good + bad) / 2)
      const faults = manifestFaults(of(middle))
      expect(faults.every((f) => f.code === 'MANIFEST_LIMIT')).toBe(true)
      if (faults.length === 0) good = middle
      else bad = middle
    }
    const bytes = largestBallot(of(good))
    expect(bytes).toBeLessThanOrEqual(limits.payloadBytes.ballot)
    // The estimate wastes little: what it refuses would hardly have fitted.
    expect(bad <= most).toBe(bound)
    if (bound) expect(bytes).toBeGreaterThan(limits.payloadBytes.ballot * 0.9)
  })

  it('an absurd contest is refused before its form is built', () => {
    const contest: Contest = {
      kind: 'ranking',
      ...texts('c', 1_024),
      min: 1_024,
      max: 1_024,
      points: options(1_024).map(() => 0),
    }
    expect(manifestFaults(manifestOf(contest))).toMatchObject([
      {
        code: 'MANIFEST_LIMIT',
        path: 'contests[0]',
        why: '1048576 encrypted bits, at most 4096 are possible',
      },
    ])
  })

  it('slack counts as well', () => {
    const contest: Contest = {
      kind: 'ranking',
      ...texts('c', 64),
      min: 0,
      max: 63,
      points: options(63).map(() => 0),
    }
    const [fault] = manifestFaults(manifestOf(contest))
    expect(fault).toMatchObject({ code: 'MANIFEST_LIMIT', path: 'contests[0]', why: /^4160 / })
  })

  it('a tally and a ballot may be as large as their limits', () => {
    const max = limits.payloadBytes
    // 1,024 bytes and 256 + ⌈64·627·4/3⌉ for each unit.
    expect(1_024 + 78 * (256 + 53_504)).toBe(max.tallied)
    const districts = (n: number) => {
      const ids = Array.from({ length: n }, (_, i) => `district-${i}`)
      return manifest({
        contests: [{ kind: 'selection', ...texts('c', 627), min: 0, max: 627 }],
        styles: ids.map((id) => ({ id, contests: ['c'] })),
        units: ids.map((id) => ({ id, contest: 'c', styles: [id] })),
      })
    }
    expect(manifestFaults(districts(78))).toEqual([])
    expect(manifestFaults(districts(79))).toMatchObject([{ code: 'MANIFEST_LIMIT', path: 'units' }])
    // 1,024 bytes, 64 for each contest, and (64 + 224)·4/3 for each of 678 cells.
    expect(1_024 + 12 * 64 + 678 * 384).toBe(max.ballot)
    const ballot = (last: number) => {
      const all = Array.from({ length: 12 }, (_, i): Contest => {
        const n = i === 11 ? last : 57
        return { kind: 'selection', ...texts(`c${i}`, n), min: 0, max: n }
      })
      const ids = all.map((c) => c.id)
      const units = ids.map((id) => ({ id, contest: id, styles: ['all'] }))
      return manifest({ contests: all, styles: [{ id: 'all', contests: ids }], units })
    }
    expect(manifestFaults(ballot(51))).toEqual([])
    expect(manifestFaults(ballot(52))).toMatchObject([{ code: 'MANIFEST_LIMIT', path: 'styles[0]' }])
  })

  it('are looked at for a contest on no ballot style, too', () => {
    const unseen: Contest = { kind: 'score', ...texts('unseen', 1), maximum: limits.points }
    const faults = manifestFaults(manifest({ contests: [...contests, unseen], maximumWeight: 1_001 }))
    expect(faults.map((f) => [f.code, f.path])).toEqual([
      ['MANIFEST_REFERENCE', 'contests[3]'],
      ['MANIFEST_LIMIT', 'maximumWeight'],
    ])
  })

  it('a tally that could not be posted is refused, and one that is accepted can be', () => {
    const districts = (n: number, size: number): Manifest => {
      const ids = Array.from({ length: n }, (_, i) => `district-${i}`)
      return manifest({
        contests: [{ kind: 'selection', ...texts('c', size), min: 0, max: size }],
        styles: ids.map((id) => ({ id, contests: ['c'] })),
        units: ids.map((id) => ({ id, contest: 'c', styles: [id] })),
      })
    }
    expect(manifestFaults(districts(1_000, 60))).toMatchObject([{ code: 'MANIFEST_LIMIT', path: 'units' }])
    const { codecs, units, forms } = define(districts(500, 90))
    const outputs = forms[0]!.outputs.length
    const count = 2 ** 40 - 1
    const zeros = (bytes: number) => 'A'.repeat(Math.ceil((bytes * 4) / 3))
    encodePayload(codecs, 'tallied', {
      root: hash('r'),
      units: units.map(({ id }) => ({
        cancelled: count,
        counted: count,
        sums: zeros(64 * outputs),
        superseded: count,
        unit: id,
        void: count,
        withheld: false,
      })),
    })
    encodePayload(codecs, 'decrypted', {
      index: 3,
      proof: zeros(32 * (2 + outputs * units.length)),
      sequence: limits.sequence,
      shares: zeros(32 * outputs * units.length),
    })
    encodePayload(codecs, 'result', {
      units: units.map(({ id }) => ({
        totals: forms[0]!.outputs.map(() => limits.total),
        unit: id,
        withheld: false,
      })),
    })
  })

  it('a full chunk of the roll fits', () => {
    const style = longId
    const { codecs } = define(many(1))
    const credentials = Array.from({ length: limits.rollChunk }, (_, i) => ({
      key: hash(`${i}`),
      style,
      weight: limits.total,
    }))
    encodePayload(codecs, 'roll', { credentials, sequence: limits.sequence })
    const keys = credentials.map((c) => c.key)
    encodePayload(codecs, 'roll-changed', {
      added: credentials,
      reason: 'x'.repeat(limits.reasonBytes),
      rekeyed: keys.map((from) => ({ from, to: from })),
      removed: keys,
      restyled: keys.map((k) => ({ key: k, style })),
      reweighted: keys.map((k) => ({ key: k, weight: limits.total })),
      sequence: limits.sequence,
    })
  })

  it('the most trustees can deal and open', () => {
    const trustees = Array.from({ length: limits.trustees }, (_, i) => ({ key: key(100 + i), name: `T${i}` }))
    const { codecs, forms } = define(manifest({ trustees, threshold: limits.trustees }))
    expect(proofLength(forms[0]!)).toBe(224 * 5 + 32)
    const zeros = (bytes: number) => 'A'.repeat(Math.ceil((bytes * 4) / 3))
    encodePayload(codecs, 'trustee-dealt', {
      attempt: limits.attempts,
      commitments: zeros(32 * 64),
      index: 64,
      proof: zeros(64 * 64),
      sequence: limits.sequence,
      shares: trustees.map(() => zeros(22 + 54 + 44 + 48 + 16 + 48)),
    })
    encodePayload(codecs, 'opened', {
      checkpoint: 'x'.repeat(65_536),
      key: key(1),
      trustees: trustees.map((t) => t.key),
    })
  })
})
