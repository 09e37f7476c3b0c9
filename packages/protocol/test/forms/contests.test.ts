import {
  type BallotForm,
  type Choice,
  type Contest,
  type ContestOf,
  ballotForm,
  compileChoice,
  digitWeights,
  optionTotals,
} from '@cista/protocol'
import { describe, expect, it } from 'vitest'
import { contests } from '../support.js'

const ids = ['a', 'b', 'c', 'd', 'e']
const options = (n: number) => ids.slice(0, n).map((id) => ({ id, title: { en: id } }))
const selection = (n: number, min: number, max: number): ContestOf<'selection'> => ({
  kind: 'selection',
  id: 'c',
  title: { en: 'C' },
  options: options(n),
  min,
  max,
})
const score = (n: number, maximum: number, budget?: number): ContestOf<'score'> => ({
  kind: 'score',
  id: 'c',
  title: { en: 'C' },
  options: options(n),
  maximum,
  ...(budget !== undefined && { budget }),
})
const ranking = (n: number, min: number, max: number): ContestOf<'ranking'> => ({
  kind: 'ranking',
  id: 'c',
  title: { en: 'C' },
  options: options(n),
  min,
  max,
  points: Array.from({ length: max }, (_, p) => max - p),
})

const subsets = <T>(items: readonly T[]): T[][] =>
  items.reduce<T[][]>((all, item) => [...all, ...all.map((s) => [...s, item])], [[]])
const rankings = (items: readonly string[]): string[][] => [
  [],
  ...items.flatMap((first) => rankings(items.filter((i) => i !== first)).map((rest) => [first, ...rest])),
]
const vectors = (length: number, max: number): number[][] =>
  length === 0
    ? [[]]
    : vectors(length - 1, max).flatMap((v) => Array.from({ length: max + 1 }, (_, x) => [...v, x]))

/** Everything one could try to choose, legal or not. */
function allChoices(contest: Contest): Choice[] {
  const names = contest.options.map((o) => o.id)
  switch (contest.kind) {
    case 'selection':
      return subsets(names).map((selected) => ({ kind: 'selection', selected }))
    case 'ranking':
      return rankings(names).map((ranked) => ({ kind: 'ranking', ranked }))
    case 'score':
      return vectors(names.length, contest.maximum + 1).map((v) => ({
        kind: 'score',
        points: Object.fromEntries(v.map((p, i) => [names[i]!, p])),
      }))
  }
}

/** Whether the manifest's words allow the choice. */
function allowed(contest: Contest, choice: Choice): boolean {
  if (contest.kind === 'score' && choice.kind === 'score') {
    const points = Object.values(choice.points)
    const total = points.reduce((a, b) => a + b, 0)
    return points.every((p) => p <= contest.maximum) && total <= (contest.budget ?? total)
  }
  if (contest.kind === 'score' || choice.kind === 'score') return false
  const { length } = choice.kind === 'selection' ? choice.selected : choice.ranked
  return length >= contest.min && length <= contest.max
}

const weigh = (bits: readonly number[], s: { cells: readonly number[]; weights: readonly number[] }) =>
  s.cells.reduce((sum, cell, i) => sum + bits[cell]! * s.weights[i]!, 0)
const satisfies = (form: BallotForm, bits: readonly number[]) =>
  form.sums.every((sum) => weigh(bits, sum) === sum.max)

/** Cells that mean something: all but slack. */
function meaningful(contest: Contest): number {
  const n = contest.options.length
  if (contest.kind === 'selection') return n
  if (contest.kind === 'score') return n * digitWeights(contest.maximum).length
  return n * contest.max + (contest.min === contest.max ? 0 : contest.max - contest.min + 1)
}

/** Whether these cells, slack aside, are a legal vote, told from their meaning and not from the sums. */
function meansLegal(contest: Contest, bits: readonly number[]): boolean {
  const count = (cells: readonly number[]) => cells.reduce((a, b) => a + b, 0)
  const n = contest.options.length
  if (contest.kind === 'selection') return count(bits) >= contest.min && count(bits) <= contest.max
  if (contest.kind === 'score') {
    const weights = digitWeights(contest.maximum)
    const total = bits.reduce((sum, bit, i) => sum + bit * weights[i % weights.length]!, 0)
    return total <= (contest.budget ?? total)
  }
  const { min, max } = contest
  const rows = Array.from({ length: n }, (_, i) => bits.slice(i * max, (i + 1) * max))
  const places = Array.from({ length: max }, (_, p) => count(rows.map((row) => row[p]!)))
  const ranked = count(places)
  const gapless = places.every((c, p) => c === (p < ranked ? 1 : 0))
  const lengths = bits.slice(n * max)
  const lengthSaid = lengths.every((d, j) => d === (min + j === ranked ? 1 : 0))
  return rows.every((row) => count(row) <= 1) && gapless && ranked >= min && lengthSaid
}

const small: [name: string, contest: Contest][] = [
  ['one of one', selection(1, 1, 1)],
  ['yes or blank', selection(1, 0, 1)],
  ['one of three', selection(3, 1, 1)],
  ['approval, which no bits can break', selection(4, 0, 4)],
  ['at least one of four', selection(4, 1, 4)],
  ['two to three of five', selection(5, 2, 3)],
  ['none to three of five', selection(5, 0, 3)],
  ['all of three', selection(3, 3, 3)],
  ['points from 0 to 1', score(3, 1)],
  ['points from 0 to 5', score(3, 5)],
  ['points from 0 to 4, 4 in all', score(3, 4, 4)],
  ['points from 0 to 3, 5 in all', score(3, 3, 5)],
  ['a budget above all points', score(2, 3, 7)],
  ['rank one of three', ranking(3, 1, 1)],
  ['rank none or one of three', ranking(3, 0, 1)],
  ['rank two of three', ranking(3, 2, 2)],
  ['rank none to two of three', ranking(3, 0, 2)],
  ['rank one to three of three', ranking(3, 1, 3)],
  ['rank all of two', ranking(2, 2, 2)],
  ['rank none to one of one', ranking(1, 0, 1)],
  ['rank one to two of four', ranking(4, 1, 2)],
]

describe.each(small)('%s', (_, contest) => {
  const form = ballotForm(contest)

  it('compiles just the allowed choices, to distinct bits that satisfy every sum', () => {
    const seen = new Set<string>()
    let legal = 0
    for (const choice of allChoices(contest)) {
      const compiled = compileChoice(contest, choice)
      expect('bits' in compiled).toBe(allowed(contest, choice))
      if (!('bits' in compiled)) continue
      legal += 1
      expect(compiled.bits).toHaveLength(form.cells)
      expect(satisfies(form, compiled.bits)).toBe(true)
      seen.add(compiled.bits.join(''))
    }
    expect(legal).toBeGreaterThan(0)
    expect(seen.size).toBe(legal)
  })

  it('has sums that slack can satisfy for legal votes, and for nothing else', () => {
    const n = meaningful(contest)
    const possible = new Set<string>()
    for (let value = 0; value < 2 ** form.cells; value++) {
      const bits = Array.from({ length: form.cells }, (_, i) => (value >> i) & 1)
      if (satisfies(form, bits)) possible.add(bits.slice(0, n).join(''))
    }
    const legal = Array.from({ length: 2 ** n }, (_, value) =>
      Array.from({ length: n }, (_, i) => (value >> i) & 1),
    ).filter((bits) => meansLegal(contest, bits))
    expect(possible).toEqual(new Set(legal.map((bits) => bits.join(''))))
  })

  it('adds up outputs to what the options got', () => {
    const totals = form.outputs.map(() => 0)
    const expected = new Map(contest.options.map((o) => [o.id, 0]))
    const give = (id: string, n: number) => expected.set(id, expected.get(id)! + n)
    for (const choice of allChoices(contest)) {
      const compiled = compileChoice(contest, choice)
      if (!('bits' in compiled)) continue
      form.outputs.forEach((output, o) => {
        const value = weigh(compiled.bits, output)
        expect(value).toBeLessThanOrEqual(output.maximum)
        totals[o]! += value
      })
      if (choice.kind === 'selection') for (const id of choice.selected) give(id, 1)
      if (choice.kind === 'score') for (const [id, p] of Object.entries(choice.points)) give(id, p)
      if (choice.kind === 'ranking' && contest.kind === 'ranking')
        choice.ranked.forEach((id, p) => give(id, contest.points[p]!))
    }
    expect(optionTotals(contest, totals).map((t) => [t.option, t.votes])).toEqual([...expected])
  })

  it('uses every cell, and each once in a sum or output', () => {
    const used = new Set([...form.sums, ...form.outputs].flatMap((s) => s.cells))
    expect([...used].toSorted((a, b) => a - b)).toEqual(Array.from({ length: form.cells }, (_, i) => i))
    for (const { cells, weights } of [...form.sums, ...form.outputs]) {
      expect(new Set(cells).size).toBe(cells.length)
      expect(weights).toHaveLength(cells.length)
      expect(weights.every((w) => w > 0)).toBe(true)
    }
  })
})

describe('forms', () => {
  it('have the specified cells, sums and outputs', () => {
    expect(ballotForm(selection(3, 0, 2))).toEqual({
      cells: 5,
      sums: [{ cells: [0, 1, 2, 3, 4], weights: [1, 1, 1, 1, 1], max: 2 }],
      outputs: [0, 1, 2].map((i) => ({ cells: [i], weights: [1], maximum: 1 })),
    })
    expect(ballotForm(score(2, 5, 6))).toEqual({
      cells: 9,
      sums: [{ cells: [0, 1, 2, 3, 4, 5, 6, 7, 8], weights: [1, 2, 2, 1, 2, 2, 1, 2, 3], max: 6 }],
      outputs: [0, 3].map((i) => ({ cells: [i, i + 1, i + 2], weights: [1, 2, 2], maximum: 5 })),
    })
    const ones = (cells: number[]) => ({ cells, weights: cells.map(() => 1), max: 1 })
    expect(ballotForm(ranking(2, 1, 2))).toEqual({
      cells: 8,
      sums: [ones([4, 5]), ones([0, 2]), ones([1, 3, 4]), ones([0, 1, 6]), ones([2, 3, 7])],
      outputs: [0, 1, 2, 3].map((i) => ({ cells: [i], weights: [1], maximum: 1 })),
    })
  })

  it('leave out a sum that cannot be broken', () => {
    expect(ballotForm(selection(4, 0, 4))).toMatchObject({ cells: 4, sums: [] })
    expect(ballotForm(score(2, 3, 6))).toMatchObject({ cells: 4, sums: [] })
    expect(ballotForm(score(2, 3))).toMatchObject({ cells: 4, sums: [] })
    expect(ballotForm(ranking(3, 1, 1))).toMatchObject({ cells: 3, sums: [{ max: 1 }] })
  })

  it('give the positions of a ranking', () => {
    expect(optionTotals(ranking(2, 0, 2), [5, 1, 2, 4])).toEqual([
      { option: 'a', votes: 11, positions: [5, 1] },
      { option: 'b', votes: 8, positions: [2, 4] },
    ])
  })
})

describe('choices that are none', () => {
  const [chair, budget, order] = contests as [Contest, Contest, Contest]
  const points = (p: Record<string, number>): Choice => ({ kind: 'score', points: p })
  const pick = (...selected: string[]): Choice => ({ kind: 'selection', selected })
  const rank = (...ranked: string[]): Choice => ({ kind: 'ranking', ranked })
  it.each<[string, Contest, Choice, string, RegExp]>([
    ['an unknown option', chair, pick('zoe'), 'CHOICE_UNKNOWN', /“zoe” is not an option of contest “chair”/],
    ['an option twice', chair, pick('ann', 'ann'), 'CHOICE_REPEATED', /twice/],
    ['too many options', chair, pick('ann', 'bea', 'cyd'), 'CHOICE_TOO_MANY', /3 options chosen, at most 2/],
    ['too few options', selection(2, 1, 1), pick(), 'CHOICE_TOO_FEW', /0 options chosen, at least 1/],
    ['points for nothing known', budget, points({ moat: 1 }), 'CHOICE_UNKNOWN', /“moat”/],
    ['an inherited name', budget, points({ toString: 1 }), 'CHOICE_UNKNOWN', /“toString”/],
    ['too many points', budget, points({ park: 6 }), 'CHOICE_TOO_MANY', /at most 5 points for one/],
    ['more than the budget', budget, points({ park: 4, pool: 3 }), 'CHOICE_TOO_MANY', /7 points.*at most 6/],
    ['negative points', budget, points({ park: -1 }), 'CHOICE_TOO_FEW', /whole numbers from 0/],
    ['half points', budget, points({ park: 0.5 }), 'CHOICE_TOO_FEW', /whole numbers/],
    ['points that are not a number', budget, points({ park: NaN }), 'CHOICE_TOO_FEW', /whole numbers/],
    ['an unknown ranked', order, rank('z'), 'CHOICE_UNKNOWN', /“z”/],
    ['one ranked twice', order, rank('a', 'a'), 'CHOICE_REPEATED', /ranked twice/],
    ['too many ranked', order, rank('a', 'b', 'c'), 'CHOICE_TOO_MANY', /3 options ranked, at most 2/],
    ['too few ranked', order, rank(), 'CHOICE_TOO_FEW', /0 options ranked, at least 1/],
    ['another kind of choice', order, pick('a'), 'CHOICE_UNKNOWN', /is a ranking, the choice is a selection/],
  ])('%s', (_, contest, choice, code, why) => {
    const compiled = compileChoice(contest, choice)
    expect(compiled).toMatchObject({ fault: { code } })
    expect('fault' in compiled && compiled.fault.why).toMatch(why)
  })
})

describe('a choice of another shape', () => {
  const shapes: Readonly<Record<string, unknown>> = {
    'of another kind': { kind: 'none' },
    'without a kind': {},
    'nothing at all': null,
    'a text': 'a',
    'a list': ['a'],
    'with a kind that is no text': { kind: 7 },
    'a selection': { kind: 'selection', selected: [] },
    'a selection of text': { kind: 'selection', selected: 'a' },
    'a selection of lists': { kind: 'selection', selected: [['a']] },
    'a score': { kind: 'score', points: {} },
    'a score as a list': { kind: 'score', points: [] },
    'a score of nothing': { kind: 'score', points: null },
    'a score of text': { kind: 'score', points: 'a' },
    'a ranking': { kind: 'ranking', ranked: [] },
    'a ranking of numbers': { kind: 'ranking', ranked: ['a', 1] },
    'a ranking of text': { kind: 'ranking', ranked: 'a' },
  }
  const asked: readonly [Contest, string, string][] = [
    [selection(2, 0, 1), 'a selection', '{"kind":"selection","selected":["a"]}'],
    [score(2, 3), 'a score', '{"kind":"score","points":{"a":1}}'],
    [ranking(2, 0, 2), 'a ranking', '{"kind":"ranking","ranked":["a"]}'],
  ]
  const refused = (contest: Contest, example: string, given: unknown) => {
    const kind = (given as { kind?: unknown } | null)?.kind
    const what =
      kind === contest.kind
        ? {
            selection: 'but “selected” is not a list of ids',
            score: 'but “points” is not an object',
            ranking: 'but “ranked” is not a list of ids',
          }[contest.kind]
        : typeof kind === 'string'
          ? `the choice is a ${kind}`
          : 'the choice has no “kind”'
    const why = `contest “c” is a ${contest.kind}, ${what}: write ${example}`
    expect(compileChoice(contest, given as Choice)).toEqual({ fault: { code: 'CHOICE_UNKNOWN', why } })
  }
  describe.each(asked)('than %j', (contest, right, example) => {
    it.each(Object.keys(shapes).filter((name) => name !== right))('%s', (name) => {
      refused(contest, example, shapes[name])
    })
    it('counts by its kind, whatever lists it has', () => {
      const kinds = ['none', 'selection', 'score', 'ranking'].filter((kind) => kind !== contest.kind)
      for (const kind of kinds) refused(contest, example, { kind, selected: [], points: {}, ranked: [] })
    })
  })
})
