import { defineElection } from '@cista/protocol'
import { describe, expect, it } from 'vitest'
import { parseSource } from '../cli/source.js'
import { originOf, readManifest, utcTime } from '../src/index.js'
import { changed, faultsOf, keys, manifestOf, origin, source, vkey } from './support.js'

describe('a readable manifest', () => {
  const { manifest, bytes } = manifestOf(source)

  it('becomes the canonical one, which works', () => {
    const definition = defineElection(bytes)
    expect(definition.manifest).toEqual(manifest)
    expect(definition.origin).toBe(origin)
  })

  it('writes out every usual value', () => {
    expect(manifest).toMatchObject({
      closeOnRequest: false,
      languages: ['en'],
      minimumBallots: 5,
      page: {},
      paper: false,
      revisions: 16,
      threshold: 2,
      tolerance: 300,
      witnesses: { keys: [], quorum: 0 },
      administrators: { quorum: 2 },
      registrars: { quorum: 2 },
    })
    expect(manifest).not.toHaveProperty('description')
  })

  it('takes any offset, and gives UTC', () => {
    expect(manifest.schedule).toEqual({ closes: '2027-03-08T19:00:00Z', opens: '2027-03-01T08:00:00Z' })
  })

  it('makes ids of titles, one style and one unit per contest', () => {
    expect(manifest.contests.map((c) => [c.id, c.options.map((o) => o.id)])).toEqual([
      ['choose-up-to-two', ['a-playground', 'a-pond', 'benches']],
      ['share-five-points', ['path', 'lights']],
      ['which-colour', ['red', 'green', 'blue']],
    ])
    const contests = manifest.contests.map((c) => c.id)
    expect(manifest.styles).toEqual([{ contests, id: 'all' }])
    expect(manifest.units).toEqual(contests.map((id) => ({ contest: id, id, styles: ['all'] })))
  })

  it('fills in what each kind of contest leaves out', () => {
    const [selection, score, ranking] = manifest.contests
    expect(selection).toMatchObject({ kind: 'selection', min: 0, max: 2 })
    expect(score).toMatchObject({ kind: 'score', maximum: 5, budget: 5 })
    expect(ranking).toMatchObject({ kind: 'ranking', min: 0, max: 2, points: [2, 1] })
  })

  it('is the same from JSON', () => {
    const json = JSON.stringify(
      {
        maximumWeight: 1200,
        title: 'What shall we build?',
        board: { origin },
        schedule: { opens: '2027-03-01T08:00:00Z', closes: '2027-03-08T19:00Z' },
        contests: [
          {
            title: 'Choose up to two',
            max: 2,
            options: ['A playground', 'A pond', { id: 'benches', title: 'Benches, and trees' }],
          },
          { title: 'Share five points', kind: 'score', budget: 5, options: ['Path', 'Lights'] },
          { title: 'Which colour?', kind: 'ranking', max: 2, options: ['Red', 'Green', 'Blue'] },
        ],
        trustees: manifest.trustees,
        administrators: manifest.administrators.keys,
        registrars: manifest.registrars,
      },
      null,
      2,
    )
    expect(manifestOf(json).bytes).toEqual(bytes)
  })

  it('written out in full, stays what it is', () => {
    const { suite: _, version: __, ...full } = manifest
    const again = readManifest(full)
    expect('bytes' in again && again.bytes).toEqual(bytes)
  })

  it('takes languages from the title, and a plain text for all of them', () => {
    const made = manifestOf(changed(['What shall we build?', '{ en: Park, et: Park, vi: Công viên }']))
    expect(made.manifest.languages).toEqual(['en', 'et', 'vi'])
    expect(made.manifest.contests[2]?.options[0]?.title).toEqual({ en: 'Red', et: 'Red', vi: 'Red' })
  })

  it('makes ids even where titles have no Latin letter, or the same one', () => {
    const made = manifestOf(changed(['[Red, Green, Blue]', '[红, 绿, "Čeština", "Cestina!", Łódź]']))
    expect(made.manifest.contests[2]?.options.map((o) => o.id)).toEqual([
      'option-1',
      'option-2',
      'cestina',
      'cestina-2',
      'lodz',
    ])
  })

  it('asks for the key of its board only where it does not give it', () => {
    expect(originOf({ origin })).toBe(origin)
    expect(originOf({ board: { origin } })).toBe(origin)
    expect(originOf({ board: vkey })).toBeUndefined()
    expect(originOf('text')).toBeUndefined()
  })
})

describe('what is wrong is said by line and column', () => {
  it.each<[name: string, text: string, fault: string | RegExp]>([
    [
      'an unknown field',
      changed(['maximumWeight:', 'maximumweight: 1\nmaximumWeight:']),
      /^e\.yaml:\d+:1: maximumweight: unknown field/,
    ],
    [
      'an unknown field inside',
      changed(['    max: 2\n    options:\n', '    most: 2\n    options:\n']),
      /^e\.yaml:8:5: contests\[0\]\.most: unknown field/,
    ],
    [
      'a field of another kind',
      changed(['    budget: 5', '    budget: 5\n    min: 1']),
      /^e\.yaml:16:5: contests\[1\]\.min: unknown field “min”/,
    ],
    ['no title', changed(['title: What shall we build?\n', '']), /^e\.yaml:1:1: “title” is missing/],
    [
      'a number for a title',
      changed(['What shall we build?', '2027']),
      'e.yaml:1:8: title: not a string: put it in quotes, "2027"',
    ],
    [
      'a title with a space at its end',
      changed(['What shall we build?', '"Park "']),
      /^e\.yaml:1:8: title: starts or ends with a space/,
    ],
    [
      'an invisible character',
      changed(['What shall we build?', '"Pa\u202ark"']),
      /^e\.yaml:1:8: title: .*direction/,
    ],
    [
      'a language tag that is none',
      changed(['What shall we build?', '{ english: Park }']),
      /^e\.yaml:1:10: title\.english: not a language tag/,
    ],
    [
      'a missing language',
      changed(['- A pond', '- { title: { en: A pond } }'], ['What shall we build?', '{ en: A, et: B }']),
      /^e\.yaml:11:18: .*language “et” is missing/,
    ],
    [
      'a language too many',
      changed(['- A pond', '- { title: { en: A pond, fr: Un étang } }']),
      /^e\.yaml:11:32: .*not in language “fr”/,
    ],
    ['no origin', changed([`origin: ${origin}\n`, '']), /^e\.yaml:1:1: “origin” is missing/],
    [
      'an origin with an accent',
      changed([`origin: ${origin}`, 'origin: élections.example/1']),
      /^e\.yaml:2:9: origin: may hold letters without accents/,
    ],
    [
      'an origin with a space',
      changed([`origin: ${origin}`, 'origin: my election']),
      /^e\.yaml:2:9: origin: .*no space/,
    ],
    [
      'another board’s key',
      changed([`origin: ${origin}`, 'origin: elections.example/other']),
      /^e\.yaml:2:9: origin: the board key is malformed, or of another board/,
    ],
    ['a board key that is none', changed([`origin: ${origin}`, 'board: nonsense']), /^e\.yaml:2:8: board: /],
    [
      'a time without zone',
      changed(['2027-03-01T09:00:00+01:00', '2027-03-01T09:00:00']),
      /^e\.yaml:4:10: schedule\.opens: not a time/,
    ],
    [
      'a day that is none',
      changed(['2027-03-01T', '2027-02-29T']),
      /^e\.yaml:4:10: schedule\.opens: not a time/,
    ],
    [
      'closing before opening',
      changed(['2027-03-08T20', '2027-02-08T20']),
      'e.yaml:5:11: schedule.closes: not after the opening',
    ],
    [
      'an unknown kind',
      changed(['kind: ranking', 'kind: stv']),
      'e.yaml:18:11: contests[2].kind: not one of selection, score, ranking; write for example “kind: selection, max: 2”',
    ],
    [
      'points without a kind',
      changed(['    kind: score\n', '']),
      'e.yaml:13:5: contests[1]: “kind” is missing: a contest with “budget” is a score; write for example “kind: score, budget: 5”',
    ],
    [
      'places with points, without a kind',
      changed(['    kind: ranking\n', '    points: [2, 1]\n']),
      'e.yaml:17:5: contests[2]: “kind” is missing: a contest with “points” is a ranking; write for example “kind: ranking, max: 3”',
    ],
    [
      'no options',
      changed(['options: [Path, Lights]', 'options: []']),
      'e.yaml:16:14: contests[1].options: an empty list',
    ],
    [
      'options that are no list',
      changed(['options: [Path, Lights]', 'options: Path']),
      /^e\.yaml:16:14: .*a list is needed/,
    ],
    [
      'look-alike options',
      changed(['[Path, Lights]', '[Path, PATH]']),
      /^e\.yaml:16:21: .*looks like the name of option 1/,
    ],
    [
      'a choice of too many',
      changed(['    max: 2\n    options:\n', '    max: 9\n    options:\n']),
      /^e\.yaml:7:5: contests\[0\]: max 9 is more than there are options/,
    ],
    [
      'half a choice',
      changed(['    max: 2\n    options:\n', '    max: 1.5\n    options:\n']),
      'e.yaml:8:10: contests[0].max: not an integer',
    ],
    [
      'points for too few places',
      changed(['kind: ranking\n', 'kind: ranking\n    points: [3]\n']),
      /^e\.yaml:17:5: contests\[2\]: 1 points for 2 places/,
    ],
    [
      'a score without maximum',
      changed(['    budget: 5\n', '']),
      /^e\.yaml:13:5: contests\[1\]: “maximum” is missing/,
    ],
    [
      'a bad id',
      changed(['id: benches', 'id: Benches!']),
      /^e\.yaml:12:\d+: contests\[0\]\.options\[2\]\.id: not an id/,
    ],
    [
      'an id twice',
      changed(['- A pond', '- { title: A pond, id: benches }']),
      /^e\.yaml:12:\d+: contests\[0\]\.options\[2\]\.id: “benches” is there twice/,
    ],
    [
      'a short key',
      changed([keys.trustees[0]!.key, 'abc']),
      /^e\.yaml:22:\d+: trustees\[0\]\.key: not 64 hexadecimal digits/,
    ],
    [
      'a key twice',
      changed([keys.trustees[1]!.key, keys.trustees[0]!.key]),
      /^e\.yaml:23:\d+: trustees\[1\]\.key: the same key as trustees\[0\]\.key/,
    ],
    [
      'a key in two roles',
      changed([keys.registrars[1]!.key, keys.administrators[0]!.key]),
      /^e\.yaml:30:\d+: registrars\[1\]\.key: the same key/,
    ],
    [
      'a name twice',
      changed(['name: Registrar 2', 'name: REGISTRAR 1']),
      /^e\.yaml:30:\d+: registrars\[1\]\.name: .*twice/,
    ],
    [
      'a threshold that two boards could reach',
      `${source}threshold: 1\n`,
      /^e\.yaml:32:12: threshold: without witnesses/,
    ],
    ['a threshold nobody reaches', `${source}threshold: 4\n`, /^e\.yaml:32:12: threshold: 4 of 3/],
    ['paper that is a text', `${source}paper: yes\n`, 'e.yaml:32:8: paper: neither true nor false'],
    ['no weight', changed(['maximumWeight: 1200\n', '']), /^e\.yaml:1:1: “maximumWeight” is missing/],
    [
      'totals that cannot be decrypted',
      changed(['1200', '900000000']),
      /^e\.yaml:31:16: maximumWeight: a total of contest 2/,
    ],
    [
      'a style of no contest',
      `${source}styles:\n  - { id: north, contests: [nothing] }\n`,
      /^e\.yaml:33:29: styles\[0\]\.contests\[0\]: no contest “nothing”/,
    ],
    [
      'a contest on no style',
      `${source}styles:\n  - { id: north, contests: [which-colour] }\n`,
      /^e\.yaml:33:3: styles: contest “choose-up-to-two” is on no ballot style/,
    ],
    ['a field twice', `${source}title: Again\n`, /^e\.yaml:32:1: .*unique/i],
    ['what is no YAML', changed(['maximumWeight: 1200', 'maximumWeight: [']), /^e\.yaml:3\d:\d+: /],
    ['a tab', changed(['  opens', '\topens']), /^e\.yaml:4:1: /],
    ['an alias', changed(['- A pond', '- &a A pond'], ['"Benches, and trees"', '*a']), /aliases/],
    ['endless nesting', `title: ${'['.repeat(50_000)}`, /nested too deeply/],
    ['a list', '- title', 'e.yaml:1:1: a map of fields is needed here'],
    ['nothing', '', 'e.yaml:1:1: a map of fields is needed here'],
  ])('%s', (_, text, fault) => {
    const faults = faultsOf(text)
    const expected = typeof fault === 'string' ? fault : expect.stringMatching(fault)
    expect(faults).toContainEqual(expected)
  })

  it('all at once', () => {
    const text = changed(
      ['What shall we build?', '7'],
      ['kind: score', 'kind: scores'],
      ['    max: 2\n    options:\n', '    max: two\n    options:\n'],
      ['+01:00', ''],
      [keys.trustees[2]!.key, 'x'],
      ['maximumWeight: 1200', 'maximumWeight: -1\nrevision: 3'],
    )
    const lines = faultsOf(text).map((f) => Number(/^e\.yaml:(\d+):/.exec(f)?.[1]))
    expect(lines).toEqual([1, 4, 8, 14, 24, 31, 32])
  })

  it('also where faults of form stand beside what could not work', () => {
    const text = changed(
      ['kind: score', 'kind: scores'],
      ['[Red, Green, Blue]', '[Red, Green, RED]'],
      ['name: Registrar 2', 'name: REGISTRAR 1'],
      ['maximumWeight: 1200', 'maximumWeight: 0\nthreshold: 1\nrevisions: many'],
    )
    expect(faultsOf(text).map((fault) => fault.replace(/^e\.yaml:(\d+):.*/, '$1'))).toEqual([
      '14',
      '20',
      '30',
      '31',
      '32',
      '33',
    ])
  })

  /** One fault each, in lines that keep their places. */
  const edits: [from: string, to: string][] = [
    ['What shall we build?', '2027'],
    [`origin: ${origin}`, 'origin: élections'],
    ['2027-03-08T20', '2027-02-08T20'],
    ['2027-03-01T09:00:00+01:00', 'soon'],
    ['    max: 2\n    options:\n', '    max: 9\n    options:\n'],
    ['- A pond', '- a playground'],
    ['id: benches', 'id: Benches!'],
    ['kind: score', 'kind: scores'],
    ['budget: 5', 'budget: many'],
    ['kind: ranking', 'kind: stv'],
    ['[Red, Green, Blue]', '[Red, Green, RED]'],
    [keys.trustees[0]!.key, 'abc'],
    [keys.trustees[1]!.key, keys.trustees[2]!.key],
    ['name: Administrator 2', 'name: Administrator 1'],
    [keys.registrars[0]!.key, '0'.repeat(64)],
    ['maximumWeight: 1200', 'maximumWeight: 900000000'],
    ['maximumWeight: 1200', 'maximumWeight: 0'],
  ]
  it('never more than there are, whichever two there are', () => {
    const alone = edits.map((edit) => faultsOf(changed(edit)))
    expect(alone.map((faults) => faults.length)).toEqual(edits.map(() => 1))
    let both = 0
    for (const [i, a] of edits.entries())
      for (const [j, b] of edits.slice(0, i).entries()) {
        if (changed(b).includes(a[0]) === false) continue
        const faults = faultsOf(changed(b, a))
        for (const fault of faults) expect([...alone[i]!, ...alone[j]!]).toContain(fault)
        expect(faults.length).toBeGreaterThan(0)
        if (faults.length === 2) both += 1
      }
    // Only what depends on a faulty part has to wait for the next time.
    expect(both).toBeGreaterThan(110)
  })

  it('and a closing time that has passed, where the time is known', () => {
    const { tree, report } = parseSource(source, 'e.yaml')
    const at = (now: string) => {
      const made = readManifest(tree, vkey, Date.parse(now) / 1000)
      return 'faults' in made ? report(made.faults) : []
    }
    expect(at('2027-03-08T18:59:59Z')).toEqual([])
    expect(at('2027-03-08T19:00:00Z')).toEqual([
      'e.yaml:5:11: schedule.closes: this time has passed: voting could never open',
    ])
  })

  it('says of a sound one nothing', () => expect(faultsOf(source)).toEqual([]))
})

describe('utcTime', () => {
  it.each([
    ['2027-01-01T00:30:00+01:00', '2026-12-31T23:30:00Z'],
    ['2027-01-01T00:30-05:30', '2027-01-01T06:00:00Z'],
    ['2028-02-29 12:00:00z', '2028-02-29T12:00:00Z'],
    ['2027-02-29T12:00:00Z', undefined],
    ['2027-01-01T24:00:00Z', undefined],
    ['2027-01-01T12:00:00.5Z', undefined],
    ['2027-01-01T12:00:00+24:00', undefined],
    ['2027-01-01', undefined],
    ['tomorrow', undefined],
  ])('%s is %s', (written, utc) => expect(utcTime(written)).toBe(utc))
})
