import { utf8 } from '@cista/board'
import {
  type Choice,
  type Output,
  ballotForm,
  compileChoice,
  identifier,
  lookAlikeKey,
  nameText,
  optionTotals,
} from '@cista/protocol'
import { describe, expect, it } from 'vitest'
import {
  type Pabulib,
  PabulibError,
  loadPabulib,
  pabulibFiles,
  pabulibLanguage,
  parsePabulib,
  publishedTotals,
  toContest,
} from '@cista/testkit'

const files = Object.keys(pabulibFiles) as (keyof typeof pabulibFiles)[]

/** Counts as on paper: what each option gets from each ballot. */
function plainCount(pb: Pabulib): Map<string, number> {
  const totals = new Map(pb.projects.map(({ option }) => [option, 0]))
  const add = (option: string, n: number) => totals.set(option, totals.get(option)! + n)
  for (const { choice } of pb.ballots) {
    if (choice.kind === 'selection') for (const option of choice.selected) add(option, 1)
    if (choice.kind === 'score') for (const [option, n] of Object.entries(choice.points)) add(option, n)
    if (choice.kind === 'ranking')
      choice.ranked.forEach((option, place) => add(option, pb.rules.maxLength - place))
  }
  return totals
}

/** Counts as the election does: bits, added up per output. */
function compiledCount(pb: Pabulib, outputs: readonly Output[]) {
  const contest = toContest(pb)
  const totals = outputs.map(() => 0)
  for (const { choice } of pb.ballots) {
    const compiled = compileChoice(contest, choice)
    if ('fault' in compiled) throw new Error(compiled.fault.why)
    outputs.forEach(({ cells, weights }, o) => {
      totals[o]! += cells.reduce((sum, cell, i) => sum + weights[i]! * compiled.bits[cell]!, 0)
    })
  }
  return new Map(optionTotals(contest, totals).map(({ option, votes }) => [option, votes]))
}

describe.each(files)('real ballots: %s', (kind) => {
  it('give the published totals, counted plainly and by their bits', async () => {
    const pb = await loadPabulib(kind)
    expect(pb.kind).toBe(kind)
    expect(plainCount(pb)).toEqual(publishedTotals(pb))
    expect(compiledCount(pb, ballotForm(toContest(pb)).outputs)).toEqual(publishedTotals(pb))
  })

  it('make a contest whose words a manifest takes', async () => {
    const pb = await loadPabulib(kind)
    const { options, title } = toContest(pb)
    expect(pabulibLanguage(pb)).toBe('pl')
    expect(Object.keys(title)).toEqual(['pl'])
    const names = options.map((o) => nameText.decode(o.title['pl'], 'title'))
    expect(new Set(names.map(lookAlikeKey)).size).toBe(names.length)
    expect(options.map((o) => identifier.decode(o.id, 'id'))).toEqual(pb.projects.map((p) => p.option))
  })
})

it('knows sizes and rules of the real files', async () => {
  const [warsaw, krakow, czestochowa] = await Promise.all(files.map(loadPabulib))
  expect(warsaw).toMatchObject({ rules: { minLength: 1, maxLength: 15 } })
  expect([warsaw!.ballots.length, warsaw!.projects.length]).toEqual([1172, 38])
  expect(toContest(krakow!)).toMatchObject({ kind: 'ranking', min: 3, max: 3, points: [3, 2, 1] })
  expect([krakow!.ballots.length, krakow!.projects.length]).toEqual([844, 10])
  expect(toContest(czestochowa!)).toMatchObject({ kind: 'score', maximum: 10, budget: 10 })
  expect(czestochowa!.ballots[0]).toEqual({
    voter: '35',
    choice: { kind: 'score', points: { 'p-196': 6, 'p-198': 4 } },
  })
  expect(czestochowa!.projects[5]!.name).toMatch(/^"Odkupmy" i my - /)
})

const small = [
  'META',
  'key;value',
  'description;A small vote',
  'num_projects;3',
  'num_votes;2',
  'vote_type;cumulative',
  'max_sum_points;5',
  'max_points;4',
  'min_sum_points;2',
  'max_length;2',
  'PROJECTS',
  'project_id;cost;votes;score;name',
  'A1;100;2;5;Trees',
  'b;2,5;1;3;"Shade; ""and"" rain"',
  'c;7;0;0;Benches',
  'VOTES',
  'voter_id;vote;points',
  'v1;A1,b;2,3',
  'v2;A1;3',
]
const parse = (lines: readonly string[], end = '\n') => parsePabulib(utf8(lines.join(end) + end), 'small.pb')
/** The file with line `n`, from 1, replaced; null takes it away. */
const changed = (n: number, line: string | null) =>
  small.flatMap((l, i) => (i + 1 !== n ? [l] : line === null ? [] : [line]))
const asKind = (kind: string, lines = small) =>
  lines.map((l) => (l.startsWith('vote_type') ? `vote_type;${kind}` : l))

describe('the format', () => {
  it('reads a small file, whatever its line ends and with a byte order mark', () => {
    const pb = parse(small)
    expect(pb.projects.map((p) => p.option)).toEqual(['p-a1', 'p-b', 'p-c'])
    expect(pb.projects[1]!.name).toBe('Shade; "and" rain')
    expect(publishedTotals(pb)).toEqual(plainCount(pb))
    expect(pb.rules).toEqual({ minLength: 0, maxLength: 2, points: { min: 0, max: 4, minSum: 2, maxSum: 5 } })
    expect(parse(small, '\r\n')).toEqual(pb)
    expect(parse(['\ufeffMETA', ...small.slice(1)])).toEqual(pb)
    expect(parse(small.flatMap((l) => [l, '']))).toEqual(pb)
    expect(toContest(pb)).toMatchObject({
      kind: 'score',
      maximum: 4,
      budget: 5,
      title: { en: 'A small vote' },
    })
  })

  it('reads approvals and rankings', () => {
    const choices = (kind: string): Choice[] => parse(asKind(kind)).ballots.map((b) => b.choice)
    expect(choices('approval')[0]).toEqual({ kind: 'selection', selected: ['p-a1', 'p-b'] })
    expect(choices('ordinal')[0]).toEqual({ kind: 'ranking', ranked: ['p-a1', 'p-b'] })
    expect(toContest(parse(asKind('ordinal')))).toMatchObject({ points: [2, 1], min: 1, max: 2 })
  })

  it('reads an empty vote where the rules allow one', () => {
    const lines = asKind('approval', changed(18, 'v1;;')).toSpliced(2, 0, 'min_length;0')
    expect(parse(lines).ballots[0]!.choice).toEqual({ kind: 'selection', selected: [] })
  })

  const refusals: [what: string, lines: string[], message: RegExp][] = [
    ['an unknown project', changed(18, 'v1;A1,x;2,3'), /^small\.pb:18:7: unknown project “x”$/],
    ['an unknown project, quoted', changed(18, 'v1;"A1,x";2,3'), /^small\.pb:18:8: unknown project/],
    ['a project twice on one ballot', changed(18, 'v1;b,b;2,3'), /^small\.pb:18:6: project b is twice/],
    ['a voter twice', changed(19, 'v1;A1;3'), /^small\.pb:19:1: voter v1 is there twice/],
    ['a nameless voter', changed(19, ';A1;3'), /^small\.pb:19:1: a ballot without a voter/],
    ['too few points', changed(18, 'v1;A1,b;2'), /^small\.pb:18:9: 1 numbers of points for 2 projects/],
    ['too many points', changed(18, 'v1;A1;2,1'), /^small\.pb:18:7: 2 numbers of points for 1/],
    ['a sum above max_sum_points', changed(18, 'v1;A1,b;2,4'), /^small\.pb:18:9: 6 points in all, at most 5/],
    ['a sum below min_sum_points', changed(18, 'v1;A1;1'), /^small\.pb:18:7: 1 points in all, at least 2/],
    [
      'points above max_points',
      changed(18, 'v1;A1,b;0,5'),
      /^small\.pb:18:11: 5 points for a project, 0 to 4/,
    ],
    ['points that are no number', changed(18, 'v1;A1;+2'), /^small\.pb:18:7: “\+2” is not a whole number/],
    ['projects beyond max_length', changed(18, 'v1;A1,b,c;2,1,1'), /^small\.pb:18:4: 3 projects, at most 2/],
    ['too few projects', asKind('approval', changed(18, 'v1;;')), /^small\.pb:18:4: 0 projects, at least 1/],
    ['a missing field of a line', changed(18, 'v1;A1'), /^small\.pb:18:1: 2 fields instead of 3/],
    ['a missing section', changed(11, null), /^small\.pb:19:1: section PROJECTS is missing/],
    ['no votes section', small.slice(0, 15), /^small\.pb:16:1: section VOTES is missing/],
    [
      'sections in another order',
      [...small.slice(0, 10), ...small.slice(15), ...small.slice(10, 15)],
      /^small\.pb:11:1: the sections are META/,
    ],
    ['something before META', ['hello', ...small], /^small\.pb:1:1: does not start with META/],
    ['a section without columns', small.slice(0, 16), /^small\.pb:16:1: section VOTES has no line of column/],
    [
      'a missing column',
      changed(12, 'project_id;cost;votes;score;title'),
      /^small\.pb:12:1: .* no column “name”/,
    ],
    ['no points column', changed(17, 'voter_id;vote;marks'), /^small\.pb:17:1: .* no column “points”/],
    ['a column twice', changed(17, 'voter_id;vote;vote'), /^small\.pb:17:15: column “vote” is there twice/],
    ['a missing field of META', changed(7, null), /^small\.pb:1:1: field “max_sum_points” is missing/],
    ['no vote type', changed(6, null), /^small\.pb:1:1: field “vote_type” is missing/],
    ['a field of META twice', changed(3, 'num_votes;2'), /^small\.pb:5:1: “num_votes” is there twice/],
    ['another num_votes', changed(5, 'num_votes;3'), /^small\.pb:5:11: num_votes is 3, but the file has 2/],
    ['another num_projects', changed(4, 'num_projects;2'), /^small\.pb:4:14: num_projects is 2, but/],
    ['a bad number in META', changed(7, 'max_sum_points;five'), /^small\.pb:7:16: “five” is not a whole/],
    ['a number too large to hold', changed(7, 'max_sum_points;99999999999999999'), /^small\.pb:7:16: /],
    ['a bad cost', changed(13, 'A1;-1;2;5;Trees'), /^small\.pb:13:4: “-1” is not a number/],
    ['a bad score', changed(13, 'A1;1;2;5.5;Trees'), /^small\.pb:13:8: “5.5” is not a whole number/],
    ['a project twice', changed(14, 'A1;2;1;3;Rain'), /^small\.pb:14:1: project A1 is there twice/],
    ['a project without id', changed(14, ';2;1;3;Rain'), /^small\.pb:14:1: a project without an id/],
    ['no projects', [...small.slice(0, 12), ...small.slice(15)], /^small\.pb:11:1: there are no projects/],
    ['rules nobody can keep', changed(3, 'min_length;3'), /^small\.pb:3:12: min_length 3 is more than 2/],
    [
      'a quote that is not closed',
      changed(14, 'b;2;1;3;"Shade'),
      /^small\.pb:14:1: quotes that do not enclose/,
    ],
    ['a quote inside a field', changed(14, 'b;2;1;3;Sha"de'), /^small\.pb:14:1: quotes that do not enclose/],
    [
      'choose-1',
      asKind('choose-1'),
      /^small\.pb:6:11: vote type “choose-1” is not supported; supported are approval, ordinal, cumulative$/,
    ],
    ['scoring', asKind('scoring'), /^small\.pb:6:11: vote type “scoring” is not supported/],
    ['a property of every object as vote type', asKind('constructor'), /^small\.pb:6:11: vote type/],
  ]
  it.each(refusals)('refuses %s', (_, lines, message) => {
    expect(() => parse(lines)).toThrow(PabulibError)
    expect(() => parse(lines)).toThrow(message)
  })

  it('refuses an empty file and bytes that are not UTF-8', () => {
    expect(() => parsePabulib(new Uint8Array(), 'x.pb')).toThrow(/^x\.pb:1:1: section META is missing/)
    expect(() => parsePabulib(Uint8Array.of(0xff), 'x.pb')).toThrow(/^x\.pb:1:1: not UTF-8/)
  })
})

describe('names and ids', () => {
  const named = (...names: string[]) =>
    toContest(
      parse([
        ...small.slice(0, 12),
        ...names.map((name, i) => `${['A1', 'b', 'c'][i]};1;0;0;${name}`),
        ...small.slice(15),
      ]),
    ).options.map((o) => o.title['en']!)

  it('tells names apart that look alike', () => {
    expect(named('Park', 'PARK  ', 'Trees')).toEqual(['Park (A1)', 'PARK (b)', 'Trees'])
  })

  it('cleans what a manifest refuses', () => {
    const names = named('\u202eZoe\u0301\u200b\tx ', '', 'é'.repeat(300))
    expect(names).toEqual(['Zoé x', 'b', 'é'.repeat(200)])
    for (const name of names) expect(nameText.decode(name, 'name')).toBe(name)
  })

  it('makes distinct ids from ids that differ in little', () => {
    const lines = changed(14, 'a-1;1;0;0;Rain').toSpliced(14, 1, 'A 1;1;0;0;Sun')
    const votes = [...lines.slice(0, 17), 'v1;A1,a-1;2,3', 'v2;A 1;3']
    const pb = parse(votes.with(12, 'A1;1;0;0;Trees'))
    expect(pb.projects.map((p) => p.option)).toEqual(['p-a1', 'p-a-1', 'p-a-1-2'])
    for (const { option } of pb.projects) expect(identifier.decode(option, 'id')).toBe(option)
  })

  it('says which published totals are not there', () => {
    const lines = [
      ...small.slice(0, 11),
      'project_id;cost;name',
      'A1;1;x',
      'b;1;y',
      'c;1;z',
      ...small.slice(15),
    ]
    expect(() => publishedTotals(parse(lines))).toThrow('small.pb: projects have no column “score”')
  })
})
